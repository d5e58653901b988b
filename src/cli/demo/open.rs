//! The store that is left open: orders to hand over, and links that let a browser in.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::say;
use super::stage::{App, Stage};
use crate::clock::{self, Clock};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Puts orders into store A and prints where everything is.
pub(super) async fn store(stage: &Stage) -> Result<(), String> {
    let mut a = stage.a.app().await?;
    let mut b = stage.b.app().await?;
    // Store A hears what store B has handed over.
    let asked = json!({"order_id": "ORDER-1001", "include_tokens": true});
    let order = b.call("order.get", asked).await?;
    a.call("order.put", json!({"order": order})).await?;
    orders(stage, &mut a).await?;

    for page in ["counter", "till"] {
        let origin = stage.a.origin();
        let guest = json!({"app": page, "role": "supervisor", "origin": &origin});
        let invited = a.call("app.invite", guest).await?;
        let code = invited["code"].as_str().unwrap_or_default();
        say(&format!("   {page:<9}  {origin}/{page}#code={code}"));
    }
    let (address, has_page) = stage.terminal_page().await?;
    if has_page {
        stage.wait_for_cards().await?;
        say(&format!("   terminal   {address}"));
    } else {
        say("   the terminal presents its card by itself; another one:");
        say(&format!(
            "              curl {address}card -H content-type:application/json -d '{{\"name\":\"insufficient-funds\"}}'"
        ));
    }
    say("   orders     WEB-1 and WEB-2 (customer C-17), WEB-3");
    say(
        "   The links are good once, for ten minutes; one of them lets the browser in. Ctrl-C ends it all.",
    );
    Ok(())
}

/// What the web shop has sold: paid in full, ending soon, and paid in part.
async fn orders(stage: &Stage, a: &mut App) -> Result<(), String> {
    let line = |id: &str, description: &str, amount: u64| json!({"line_id": id, "description": description, "amount_minor": amount});
    let sold = [
        (
            "WEB-1",
            "online",
            "C-17",
            129_500,
            20,
            [line("1", "Sofa", 99_500), line("2", "Cushion", 30_000)],
        ),
        (
            "WEB-2",
            "online",
            "C-17",
            64_900,
            1,
            [line("1", "Desk", 49_900), line("2", "Desk lamp", 15_000)],
        ),
        (
            "WEB-3",
            "store",
            "C-23",
            40_000,
            20,
            [line("1", "Bed", 80_000), line("2", "Mattress", 45_000)],
        ),
    ];
    let now = Clock::start().utc();
    for (id, channel, customer, held, days, lines) in sold {
        let tender = tender(stage, id, held).await?;
        let ends = now.after(DAY.saturating_mul(days));
        let mut order = json!({
            "order_id": id, "version": 1, "currency": "NOK", "channel": channel,
            "customer_reference": customer, "tags": [format!("SLIP-{id}")], "lines": lines,
            "tenders": [tender],
        });
        order["tenders"][0]["expires_at"] = clock::format_utc(ends).into();
        a.call("order.put", json!({"order": order})).await?;
    }
    Ok(())
}

/// Money that is held on a card, as a web shop's form has it held.
async fn tender(stage: &Stage, order: &str, amount: u64) -> Result<Value, String> {
    // The simulated shop has no form: the card's token comes from a hold that is released again.
    let hold = json!({
        "merchant": "demo", "terminal_id": "99999999", "trace_number": order, "kind": "authorize",
        "card": "visa-approve", "amount_minor": 100, "currency": "NOK", "want_token": true,
    });
    let held = stage
        .ask_processor("/v1/terminal/transactions", hold)
        .await?;
    let token = held["token"].clone();
    let release =
        json!({"merchant": "demo", "amount_minor": 100, "currency": "NOK", "reference": order});
    let path = format!(
        "/v1/authorizations/{}/voids",
        held["authorization"].as_str().unwrap_or_default()
    );
    stage.ask_processor(&path, release).await?;
    let wanted = json!({
        "merchant": "demo", "card_token": token, "amount_minor": amount, "currency": "NOK", "reference": order,
    });
    let held = stage.ask_processor("/v1/authorizations", wanted).await?;
    Ok(json!({
        "merchant_account": "nordic", "authorized_minor": amount, "auth_token": held["authorization"],
        "card_token": token, "masked_pan": "411111******1111", "brand": "VISA",
    }))
}
