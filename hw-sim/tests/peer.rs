//! A till that has no line in common with us: crate `zvt` (EVerest), over TCP, against the
//! simulated terminal. What it knows it drives itself; what it has no command for is sent as bytes
//! from its own codec, and its answers are read by that codec.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test that fails by panicking is a test that fails"
)]

use std::pin::Pin;

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::zvt::Framing;
use futures_util::future::poll_fn;
use futures_util::stream::Stream;
use hw_sim::bank::Options;
use hw_sim::serve::terminal::{Place, Running, Setup, start};
use hw_sim::terminal::zvt::Config;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use zvt::sequences::{self, AuthorizationResponse, PartialReversalResponse, Sequence};
use zvt::{ZvtParser as _, ZvtSerializer as _, packets};

const PASSWORD: usize = 0;
const EURO: Option<usize> = Some(978);

/// Its connection to a terminal of its own.
struct Till {
    stream: TcpStream,
    running: Running,
}

impl Till {
    async fn registered(config_byte: u8) -> Self {
        let running = start(Setup {
            scenario: hw_sim::scenario::Scenario::default(),
            terminal: Config {
                framing: Framing::Tcp,
                currency: Currency::EUR,
                ..Config::default()
            },
            place: Place::Tcp("127.0.0.1:0".parse().unwrap()),
            control: Some("127.0.0.1:0".parse().unwrap()),
            processor: None,
            bank: Options::default(),
        });
        let running = running.await.unwrap();
        let stream = TcpStream::connect(running.tcp.unwrap()).await.unwrap();
        let mut till = Self { stream, running };
        let registration = packets::Registration {
            password: PASSWORD,
            config_byte,
            currency: EURO,
            tlv: None,
        };
        let answers = till.run::<sequences::Registration>(&registration).await;
        let [sequences::RegistrationResponse::CompletionData(completion)] = &answers[..] else {
            panic!("{answers:?}");
        };
        assert_eq!(completion.terminal_id, Some(68_001_234));
        assert_eq!(completion.currency, EURO);
        till
    }

    /// Everything that one of its sequences hears.
    async fn run<S: Sequence>(&mut self, command: &S::Input) -> Vec<S::Output>
    where
        S::Input: zvt::ZvtSerializer + Send + Sync,
        zvt::encoding::Default: zvt::encoding::Encoding<S::Input>,
    {
        let mut stream: Pin<Box<dyn Stream<Item = _> + Send + '_>> =
            S::into_stream(command, &mut self.stream);
        let mut heard = Vec::new();
        while let Some(answer) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
            heard.push(answer.unwrap());
        }
        heard
    }

    /// A payment by a command that it does not have.
    async fn pay(&mut self, command: &[u8]) -> Vec<AuthorizationResponse> {
        self.stream.write_all(command).await.unwrap();
        assert_eq!(self.packet().await, [0x80, 0, 0]);
        let mut heard = Vec::new();
        loop {
            let answer = AuthorizationResponse::zvt_parse(&self.packet().await).unwrap();
            let ack = packets::Ack {}.zvt_serialize();
            self.stream.write_all(&ack).await.unwrap();
            let is_end = matches!(
                answer,
                AuthorizationResponse::CompletionData(_) | AuthorizationResponse::Abort(_)
            );
            heard.push(answer);
            if is_end {
                return heard;
            }
        }
    }

    async fn packet(&mut self) -> Vec<u8> {
        let mut stream = Pin::new(&mut self.stream);
        sequences::read_packet_async(&mut stream).await.unwrap()
    }

    /// 06 01 in its own words: those of a reservation under another number.
    async fn sale(&mut self, minor: usize) -> Vec<AuthorizationResponse> {
        let mut unit = reservation(minor).zvt_serialize();
        unit[1] = 0x01;
        self.pay(&unit).await
    }

    /// What really happened to the money: captured, refunded, held.
    async fn money(&self) -> (u64, u64, u64) {
        let url = format!("http://{}/books", self.running.control.unwrap());
        let books: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let total = |name: &str| books["totals"]["EUR"][name].as_u64().unwrap_or(0);
        (
            total("captured_minor"),
            total("refunded_minor"),
            total("held_minor"),
        )
    }
}

fn reservation(minor: usize) -> packets::Reservation {
    packets::Reservation {
        amount: Some(minor),
        currency: EURO,
        payment_type: Some(0x40),
        ..packets::Reservation::default()
    }
}

fn results(heard: &[AuthorizationResponse]) -> Vec<&packets::StatusInformation> {
    let results = heard.iter().filter_map(|answer| match answer {
        AuthorizationResponse::StatusInformation(result) => Some(result),
        _ => None,
    });
    results.collect()
}

fn printed(heard: &[AuthorizationResponse]) -> String {
    let lines = heard.iter().filter_map(|answer| match answer {
        AuthorizationResponse::PrintLine(line) => Some(line.text.as_str()),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn it_pays_reverses_and_closes_the_day() {
    let mut till = Till::registered(0xDE).await;
    let heard = till.sale(1_234).await;
    assert!(matches!(
        heard.last(),
        Some(AuthorizationResponse::CompletionData(_))
    ));
    let [result] = results(&heard)[..] else {
        panic!("{heard:?}");
    };
    assert_eq!((result.result_code, result.amount), (Some(0), Some(1_234)));
    assert_eq!(
        (result.receipt_no, result.terminal_id),
        (Some(1), Some(68_001_234))
    );
    assert_eq!(result.card_name.as_deref(), Some("VISA"));
    let states = heard.iter().filter_map(|answer| match answer {
        AuthorizationResponse::IntermediateStatusInformation(state) => Some(state.status),
        _ => None,
    });
    assert_eq!(states.collect::<Vec<_>>(), [0x0A, 0x17, 0x1C]);
    assert!(printed(&heard).contains("SALE 12.34 EUR"));
    assert!(printed(&heard).contains("411111******1111"));
    assert_eq!(till.money().await, (1_234, 0, 0));

    let heard = till.pay(&[0x06, 0x30, 6, 0, 0, 0, 0x87, 0x00, 0x01]).await;
    assert!(matches!(
        heard.last(),
        Some(AuthorizationResponse::CompletionData(_))
    ));
    assert_eq!(till.money().await, (0, 0, 0));

    let heard = till.sale(1_051).await;
    let Some(AuthorizationResponse::Abort(abort)) = heard.last() else {
        panic!("{heard:?}");
    };
    assert_eq!(abort.error, 51);

    till.sale(700).await;
    let end = packets::EndOfDay { password: PASSWORD };
    let heard = till.run::<sequences::EndOfDay>(&end).await;
    let totals = heard.iter().find_map(|answer| match answer {
        sequences::EndOfDayResponse::StatusInformation(result) => result.single_amounts.as_ref(),
        _ => None,
    });
    assert_eq!(
        (totals.unwrap().visa.num, totals.unwrap().visa.total),
        (1, 700)
    );
    assert!(matches!(
        heard.last(),
        Some(sequences::EndOfDayResponse::CompletionData(_))
    ));
}

#[tokio::test]
async fn it_reserves_books_and_releases() {
    let mut till = Till::registered(0xDE).await;
    let heard = till
        .run::<sequences::Reservation>(&reservation(5_000))
        .await;
    assert_eq!(results(&heard)[0].receipt_no, Some(1));
    assert_eq!(till.money().await, (0, 0, 5_000));

    // Which ones are open? Ends with B8, and with a number or none.
    let open = packets::PartialReversal {
        receipt_no: Some(0xFFFF),
        ..packets::PartialReversal::default()
    };
    let heard = till.run::<sequences::PartialReversal>(&open).await;
    let [PartialReversalResponse::PartialReversalAbort(abort)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!((abort.error, abort.receipt_no), (0xB8, Some(1)));

    let book = packets::PartialReversal {
        receipt_no: Some(1),
        amount: Some(1_600),
        currency: EURO,
        payment_type: Some(0x40),
        tlv: None,
    };
    till.run::<sequences::PartialReversal>(&book).await;
    assert_eq!(till.money().await, (3_400, 0, 0));

    let heard = till
        .run::<sequences::Reservation>(&reservation(2_000))
        .await;
    let release = packets::PreAuthReversal {
        payment_type: Some(0x40),
        currency: EURO,
        receipt_no: results(&heard)[0].receipt_no,
    };
    till.run::<sequences::PreAuthReversal>(&release).await;
    assert_eq!(till.money().await, (3_400, 0, 0));
    let heard = till.run::<sequences::PartialReversal>(&open).await;
    let [PartialReversalResponse::PartialReversalAbort(abort)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(abort.receipt_no, Some(0xFFFF), "none is left");
}

#[tokio::test]
async fn it_reads_cards_and_administers() {
    let mut till = Till::registered(0xDE).await;
    let read = packets::ReadCard {
        timeout_sec: 10,
        card_type: None,
        dialog_control: None,
        tlv: None,
    };
    let heard = till.run::<sequences::ReadCard>(&read).await;
    assert!(matches!(
        heard.last(),
        Some(sequences::ReadCardResponse::StatusInformation(_))
    ));

    let heard = till
        .run::<sequences::Diagnosis>(&packets::Diagnosis { tlv: None })
        .await;
    let tells_time = |answer: &_| matches!(answer, sequences::DiagnosisResponse::SetTimeAndDate(_));
    assert!(heard.iter().any(tells_time));
    assert!(matches!(
        heard.last(),
        Some(sequences::DiagnosisResponse::CompletionData(_))
    ));

    let configuration = packets::PrintSystemConfiguration {};
    let heard = till
        .run::<sequences::PrintSystemConfiguration>(&configuration)
        .await;
    assert!(heard.len() > 3, "{heard:?}");

    let initialization = packets::Initialization { password: PASSWORD };
    let heard = till.run::<sequences::Initialization>(&initialization).await;
    assert!(matches!(
        heard.last(),
        Some(sequences::InitializationResponse::CompletionData(_))
    ));

    let id = packets::SetTerminalId {
        password: PASSWORD,
        terminal_id: Some(68_009_999),
    };
    let heard = till.run::<sequences::SetTerminalId>(&id).await;
    assert!(matches!(
        heard[..],
        [sequences::SetTerminalIdResponse::CompletionData(_)]
    ));
    let heard = till.sale(500).await;
    assert_eq!(results(&heard)[0].terminal_id, Some(68_009_999));
}

/// Where the terminal prints, the till hears no lines.
#[tokio::test]
async fn it_hears_no_receipts_where_the_terminal_prints() {
    let mut till = Till::registered(0xD8).await;
    let heard = till.sale(500).await;
    assert_eq!(printed(&heard), "");
    assert_eq!(results(&heard).len(), 1);
    let registered_without_states = Till::registered(0x92).await.sale(500).await;
    let has_state = |answer: &_| {
        matches!(
            answer,
            AuthorizationResponse::IntermediateStatusInformation(_)
        )
    };
    assert!(!registered_without_states.iter().any(has_state));
}
