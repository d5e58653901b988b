//! Asks the simulator, one request after the other, so that keys arrive in the order of their pressing.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::model::{Books, Entry, News, Order};

/// The way to the simulator and back.
pub(super) struct Told {
    orders: mpsc::UnboundedSender<Order>,
    news: mpsc::UnboundedReceiver<News>,
}

impl Told {
    pub(super) fn order(&self, order: Order) {
        // Nobody takes it when the task is gone, which the next look for news says.
        let _ = self.orders.send(order);
    }

    pub(super) async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }
}

/// Asks for news again and again, and passes orders on, until the result is dropped.
///
/// # Errors
///
/// There is no HTTP client to be had.
pub(super) fn start(control: SocketAddr) -> reqwest::Result<Told> {
    let client = Client::builder()
        .timeout(ANSWER_WITHIN)
        .no_proxy()
        .build()?;
    let (orders, mut ordered) = mpsc::unbounded_channel();
    let (tell, news) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut looker = Looker {
            client,
            base: format!("http://{control}"),
            knows_all: false,
            seen: 0,
            looks: 0,
        };
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut found = Vec::new();
            tokio::select! {
                order = ordered.recv() => match order {
                    Some(order) => found.push(News::Answered(looker.pass_on(&order).await)),
                    None => return,
                },
                _ = ticks.tick() => {}
            }
            if looker.look(&mut found).await.is_err() {
                looker.knows_all = false;
                found.push(News::Silence);
            }
            for news in found {
                if tell.send(news).is_err() {
                    return;
                }
            }
        }
    });
    Ok(Told { orders, news })
}

struct Looker {
    client: Client,
    base: String,
    /// Not at the beginning, and not after a silence: the simulator may be another one since.
    knows_all: bool,
    seen: u64,
    looks: u64,
}

impl Looker {
    async fn look(&mut self, found: &mut Vec<News>) -> reqwest::Result<()> {
        if !self.knows_all {
            self.seen = 0;
            self.looks = 0;
            found.push(News::Cards(self.ask("wallet").await?));
            found.push(News::Presets(self.ask("scenarios").await?));
            found.push(News::Faults(self.ask("faults").await?));
        }
        let log: Vec<Entry> = self.ask(&format!("log?after={}", self.seen)).await?;
        found.push(News::State(self.ask("state").await?));
        let has_more = !log.is_empty();
        self.seen = log.last().map_or(self.seen, |entry| entry.seq);
        found.push(match self.knows_all {
            true => News::More(log),
            false => News::Log(log),
        });
        self.knows_all = true;
        // Captures come from the counter, past this terminal: the books change by themselves.
        if has_more || self.looks.is_multiple_of(BOOKS_EVERY) {
            found.push(News::Books(self.books().await?));
        }
        self.looks = self.looks.saturating_add(1);
        Ok(())
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> reqwest::Result<T> {
        let answer = self.client.get(format!("{}/{path}", self.base)).send();
        answer.await?.error_for_status()?.json().await
    }

    /// `None` where the processor does not answer for them, which leaves the terminal as it is.
    async fn books(&self) -> reqwest::Result<Option<Books>> {
        let answer = self.client.get(format!("{}/books", self.base)).send();
        let answer = answer.await?;
        match answer.status().is_success() {
            true => answer.json().await.map(Some),
            false => Ok(None),
        }
    }

    /// Gives why it was refused; of a silence the next look tells.
    async fn pass_on(&self, order: &Order) -> Option<String> {
        let request = self.client.post(format!("{}{}", self.base, order.path));
        let answer = request.json(&order.body).send().await.ok()?;
        if answer.status().is_success() {
            return None;
        }
        let why: Value = answer.json().await.unwrap_or_default();
        let said = why.get("message").or_else(|| why.get("error"));
        Some(match said.and_then(Value::as_str) {
            Some("no_card_expected") => "The terminal does not wait for a card.".to_owned(),
            Some("no_key_expected") => "The terminal does not wait for that key.".to_owned(),
            Some("cable_is_in") => "The cable is in already.".to_owned(),
            Some(other) => other.to_owned(),
            None => format!("{} was refused.", order.path),
        })
    }
}

const LOOK_EVERY: Duration = Duration::from_millis(200);
const BOOKS_EVERY: u64 = 10;
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
