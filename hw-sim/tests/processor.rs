//! The processor over real loopback connections.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test may stop it"
)]

use hw_sim::bank::Options;
use hw_sim::serve::{self, Running};
use serde_json::{Value, json};

struct Client {
    server: Running,
    http: reqwest::Client,
}

impl Client {
    async fn start() -> Self {
        let addr = "127.0.0.1:0".parse().unwrap();
        let server = serve::processor::start(addr, Options::default());
        Self {
            server: server.await.unwrap(),
            http: reqwest::Client::new(),
        }
    }

    async fn post(&self, path: &str, key: &str, body: Value) -> Option<(u16, Value)> {
        let url = format!("http://{}{path}", self.server.addr);
        let sent = self.http.post(url).header("Idempotency-Key", key);
        let answer = sent.json(&body).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("http://{}{path}", self.server.addr);
        let answer = self.http.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn authorize(&self, key: &str, amount_minor: u64) -> Option<(u16, Value)> {
        let body = json!({"merchant": "shop", "card_token": "card:visa-approve",
            "amount_minor": amount_minor, "currency": "NOK", "reference": "order-1"});
        self.post("/v1/authorizations", key, body).await
    }

    async fn fault(&self, on: &str, what: &str) {
        let body = json!({"on": on, "do": what, "delay_ms": 20});
        assert_eq!(self.post("/control/faults", "", body).await.unwrap().0, 200);
    }

    async fn movements(&self) -> usize {
        let books = self.get("/books").await.1;
        let all = books["authorizations"].as_array().unwrap();
        all.iter()
            .map(|one| one["movements"].as_array().unwrap().len())
            .sum()
    }
}

fn part(amount_minor: u64) -> Value {
    json!({"merchant": "shop", "amount_minor": amount_minor, "currency": "NOK"})
}

#[tokio::test]
async fn money_is_held_taken_released_and_given_back() {
    let client = Client::start().await;
    let (status, body) = client.authorize("a", 80_000).await.unwrap();
    assert_eq!((status, &body["status"]), (201, &json!("approved")));
    assert_eq!(body["authorization"], "au_000001");
    assert!(body["expires_at"].as_str().unwrap().ends_with('Z'));
    assert!(body.get("decline").is_none());

    let path = "/v1/authorizations/au_000001";
    let take = |key: &'static str, minor| {
        client.post("/v1/authorizations/au_000001/captures", key, part(minor))
    };
    assert_eq!(take("c1", 50_000).await.unwrap().1["capture"], "ca_000001");
    let (status, body) = take("c2", 30_001).await.unwrap();
    assert_eq!(
        (status, &body["decline"]),
        (201, &json!("exceeds_open_amount"))
    );
    let more = client
        .post(&format!("{path}/increments"), "i", part(1_000))
        .await;
    assert_eq!(more.unwrap().1["status"], "approved");
    let rest = client
        .post(&format!("{path}/voids"), "v", part(31_000))
        .await;
    assert_eq!(rest.unwrap().1["status"], "approved");
    let back = client
        .post("/v1/captures/ca_000001/refunds", "r", part(50_000))
        .await;
    assert!(
        back.unwrap().1["refund"]
            .as_str()
            .unwrap()
            .starts_with("re_")
    );

    let one = client.get(path).await.1;
    assert_eq!(one["authorized_minor"], 81_000);
    assert_eq!(one["voided_minor"], 31_000);
    let books = client.get("/books").await.1;
    assert_eq!(
        books["totals"]["NOK"],
        json!({"captured_minor": 50_000, "refunded_minor": 50_000, "held_minor": 0})
    );
    assert_eq!(books["authorizations"][0]["reference"], "order-1");
    assert_eq!(
        books["authorizations"][0]["movements"][0],
        json!({"kind": "authorize", "amount_minor": 80_000, "key": "a"})
    );
}

#[tokio::test]
async fn keys_make_repeats_harmless() {
    let client = Client::start().await;
    let first = client.authorize("a", 500).await.unwrap();
    assert_eq!(client.authorize("a", 500).await.unwrap(), first);
    let (status, body) = client.authorize("a", 501).await.unwrap();
    assert_eq!(
        (status, body),
        (409, json!({"error": "idempotency_key_reused"}))
    );
    assert_eq!(client.movements().await, 1);
    let (status, body) = client.get("/v1/requests/a").await;
    assert_eq!((status, &body["status_code"]), (200, &json!(201)));
    assert_eq!(body["body"], first.1);
    assert_eq!(
        client.get("/v1/requests/b").await,
        (404, json!({"error": "not_found"}))
    );
}

#[tokio::test]
async fn bad_input_is_named() {
    let client = Client::start().await;
    let (status, body) = client
        .post(
            "/v1/authorizations/au_000001/captures",
            "k",
            json!({"merchant": "shop"}),
        )
        .await
        .unwrap();
    assert_eq!(status, 400);
    assert_eq!(body["error"], "invalid_request");
    assert_eq!(body["field"], "amount_minor");
    let (status, body) = client.authorize("", 500).await.unwrap();
    assert_eq!((status, &body["field"]), (400, &json!("Idempotency-Key")));
    let (status, body) = client
        .post("/control/faults", "", json!({"on": "x", "do": "delay"}))
        .await
        .unwrap();
    assert_eq!((status, &body["field"]), (400, &json!("delay_ms")));
}

#[tokio::test]
async fn faults_lose_answers_but_not_money() {
    for (what, status, moved) in [
        ("drop_answer", None, 1),
        ("error_500", Some(500), 1),
        ("error_before", Some(503), 0),
        ("delay", Some(201), 1),
    ] {
        let client = Client::start().await;
        client.fault("authorize", what).await;
        let answer = client.authorize("a", 500).await;
        assert_eq!(answer.map(|(status, _)| status), status, "{what}");
        assert_eq!(client.movements().await, moved, "{what}");
        let found = client.get("/v1/requests/a").await.0;
        assert_eq!(found == 200, moved == 1, "{what}");
        // A repeat heals it, and moves money at most once.
        assert_eq!(client.authorize("a", 500).await.unwrap().0, 201, "{what}");
        assert_eq!(client.movements().await, 1, "{what}");
    }
}

#[tokio::test]
async fn control_declines_expires_reviews_and_resets() {
    let client = Client::start().await;
    let rule = json!({"on": "authorize", "decline": "card_blocked"});
    client.post("/control/decline", "", rule).await.unwrap();
    assert_eq!(
        client.authorize("a", 500).await.unwrap().1["decline"],
        "card_blocked"
    );
    let held = client.authorize("b", 502).await.unwrap().1;
    assert_eq!(held["status"], "on_hold");
    let decision = json!({"authorization": held["authorization"], "decision": "approve"});
    client.post("/control/review", "", decision).await.unwrap();
    let path = format!(
        "/v1/authorizations/{}",
        held["authorization"].as_str().unwrap()
    );
    assert_eq!(client.get(&path).await.1["status"], "approved");
    let expire = json!({"authorization": held["authorization"]});
    client.post("/control/expire", "", expire).await.unwrap();
    let late = client
        .post(&format!("{path}/captures"), "c", part(1))
        .await
        .unwrap();
    assert_eq!(late.1["decline"], "authorization_expired");
    client.post("/control/reset", "", json!({})).await.unwrap();
    assert_eq!(client.movements().await, 0);
}

#[tokio::test]
async fn a_terminal_and_the_processor_share_the_books() {
    let client = Client::start().await;
    let hold = json!({"merchant": "shop", "terminal_id": "68001234", "trace_number": "000001",
        "kind": "authorize", "amount_minor": 500, "currency": "NOK", "card": "visa-approve",
        "want_token": true});
    let held = client
        .post("/v1/terminal/transactions", "t", hold)
        .await
        .unwrap()
        .1;
    assert_eq!(held["authorization_code"].as_str().unwrap().len(), 8);
    let tokens = client.get("/v1/tokens?merchant=shop").await.1;
    assert_eq!(held["token"], tokens["visa-approve"]);
    let reference = "pt%3A68001234%3A000001%3AA0000001";
    let taken = client
        .post(
            &format!("/v1/authorizations/{reference}/captures"),
            "c",
            part(500),
        )
        .await;
    assert_eq!(taken.unwrap().1["status"], "approved");
    assert_eq!(
        client.get("/books").await.1["authorizations"][0]["origin"],
        "terminal"
    );
}
