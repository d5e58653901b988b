//! `posd demo`: the main job end to end, with everything real but the hardware: two stations, a
//! simulated terminal behind a real pseudo-terminal, a simulated processor, real WebSockets.

#![expect(
    clippy::indexing_slicing,
    reason = "reading a JSON value by name does not panic"
)]

mod books;
mod open;
mod stage;

use std::process::ExitCode;

use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::{runtime, say};
use stage::{App, Stage};

/// Plays the story; then, where that is wanted, leaves the store open until somebody ends it. The exit
/// code is 1 when the books do not agree at the end of the story.
pub(super) fn run(keep: bool) -> Result<ExitCode, String> {
    runtime()?.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
        let ended = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        tokio::pin!(ended);
        let (stage, code) = tokio::select! {
            played = play() => played?,
            () = &mut ended => return Err("interrupted".to_owned()),
        };
        if keep {
            chapter("The store stays open");
            tokio::select! {
                opened = open::store(&stage) => opened?,
                () = &mut ended => return Err("interrupted".to_owned()),
            }
            ended.await;
        }
        stage.strike();
        Ok(code)
    })
}

async fn play() -> Result<(Stage, ExitCode), String> {
    chapter("The stage");
    let mut stage = Stage::set().await?;
    stage.describe();
    let mut a = stage.a.app().await?;
    let mut b = stage.b.app().await?;

    let order = deposit_in_store_a(&stage, &mut a).await?;
    order_reaches_store_b(&mut b, &order).await?;
    pickup_in_store_b(&stage, &mut b).await?;
    decline(&stage, &mut a).await?;
    guarded_refund(&mut a).await?;
    drop(b);
    crash_of_store_b(&mut stage).await?;

    chapter("The books, side by side");
    let agree = books::compare(&stage).await?;
    let code = if agree {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    Ok((stage, code))
}

/// One card presentation pays the deposit and holds the rest.
async fn deposit_in_store_a(stage: &Stage, a: &mut App) -> Result<Value, String> {
    chapter("Store A: an order of 1000.00, a deposit of 200.00, one card presentation");
    let deposit = json!({
        "idempotency_key": "demo-deposit",
        "deposit_minor": 20_000,
        "order": {
            "order_id": "ORDER-1001", "currency": "NOK",
            "lines": [
                {"line_id": "1", "description": "Armchair", "amount_minor": 60_000},
                {"line_id": "2", "description": "Lamp", "amount_minor": 40_000},
            ],
        },
    });
    let done = a.call("deposit.take", deposit).await?;
    tell(&done);
    say(&format!(
        "   cards presented at the terminal: {}",
        stage.presentations().await?
    ));
    a.call(
        "order.get",
        json!({"order_id": "ORDER-1001", "include_tokens": true}),
    )
    .await
}

async fn order_reaches_store_b(b: &mut App, order: &Value) -> Result<(), String> {
    chapter("The order reaches store B, with its tokens");
    b.call(
        "order.put",
        json!({"idempotency_key": "demo-put", "order": order}),
    )
    .await?;
    let quote = b
        .call("pickup.quote", json!({"order_id": "ORDER-1001"}))
        .await?;
    say(&format!(
        "   due for all lines {}, secured {}, still to find {}",
        amount(&quote["due_minor"]),
        amount(&quote["secured_minor"]),
        amount(&quote["balance_minor"]),
    ));
    Ok(())
}

/// Without the card, and without store A.
async fn pickup_in_store_b(stage: &Stage, b: &mut App) -> Result<(), String> {
    chapter("Store B: the customer fetches the armchair");
    let pickup = pickup(b, "demo-pickup-1", "1").await?;
    let done = b.call("pickup.capture", pickup).await?;
    tell(&done);
    say(&format!(
        "   cards presented at the terminal: {}",
        stage.presentations().await?
    ));
    Ok(())
}

async fn decline(stage: &Stage, a: &mut App) -> Result<(), String> {
    chapter("Store A: a card that is declined");
    stage.use_card("insufficient-funds").await?;
    let sale = json!({
        "idempotency_key": "demo-decline", "amount_minor": 15_000, "currency": "NOK",
    });
    tell(&a.call("payment.sale", sale).await?);
    stage.use_card("visa-approve").await
}

async fn guarded_refund(a: &mut App) -> Result<(), String> {
    chapter("Store A: a refund of money that was never taken");
    let hold = json!({
        "idempotency_key": "demo-hold", "amount_minor": 30_000, "currency": "NOK",
    });
    let held = a.call("payment.authorize", hold).await?;
    tell(&held);
    let id = held["payments"][0]["payment_id"].clone();
    let refund = json!({"idempotency_key": "demo-refund", "payment_id": id});
    match a.try_call("payment.refund", refund).await? {
        Ok(_) => return Err("the refund was not refused".to_owned()),
        Err(error) => say(&format!(
            "   refused: {} (next_action {})",
            plain(&error["message"]),
            plain(&error["data"]["next_action"]),
        )),
    }
    let void = json!({"idempotency_key": "demo-void", "payment_id": id});
    tell(&a.call("payment.void", void).await?);
    Ok(())
}

/// The processor takes its time; meanwhile the station dies.
async fn crash_of_store_b(stage: &mut Stage) -> Result<(), String> {
    chapter("Store B: kill -9 in the middle of a capture");
    let mut b = stage.b.app().await?;
    let pickup = pickup(&mut b, "demo-pickup-2", "2").await?;
    stage.delay_next_capture().await?;
    b.send("pickup.capture", pickup.clone()).await?;
    stage.capture_has_arrived().await?;
    say("   the capture is at the processor, its answer is not here: kill -9");
    let heard = b.heard;
    stage.b.kill().await;
    drop(b);
    stage.b.start().await?;
    say("   station B is up again; the app asks once more with the same idempotency key");
    let mut b = stage.b.app_after(heard).await?;
    let done = b.call("pickup.capture", pickup).await?;
    tell(&done);
    Ok(())
}

async fn pickup(b: &mut App, key: &str, line: &str) -> Result<Value, String> {
    let quote = b
        .call(
            "pickup.quote",
            json!({"order_id": "ORDER-1001", "lines": [line]}),
        )
        .await?;
    Ok(json!({
        "idempotency_key": key, "order_id": "ORDER-1001",
        "order_version": quote["order_version"], "lines": [line], "use": "available",
    }))
}

fn chapter(title: &str) {
    say("");
    say(&format!("== {title}"));
}

/// Tells how an operation ended.
fn tell(done: &Value) {
    say(&format!(
        "   -> {}: {}",
        plain(&done["outcome"]),
        plain(&done["message"])
    ));
    if let Some(strategy) = done["strategy"].as_str() {
        say(&format!("   strategy: {strategy}"));
    }
    for payment in done["payments"].as_array().into_iter().flatten() {
        say(&format!(
            "   payment {}: {} (authorized {}, captured {}, voided {}, refunded {})",
            plain(&payment["masked_pan"]),
            plain(&payment["status"]),
            amount(&payment["authorized_minor"]),
            amount(&payment["captured_minor"]),
            amount(&payment["voided_minor"]),
            amount(&payment["refunded_minor"]),
        ));
    }
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn amount(minor: &Value) -> String {
    use firmware_protocols::vocabulary::{Currency, Money};
    Money::new(minor.as_u64().unwrap_or(0), Currency::NOK).to_string()
}
