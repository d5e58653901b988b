//! What results and errors say, and in which language.

use serde_json::json;

use super::{Store, sale};

#[test]
fn every_answer_is_told_in_the_language_of_its_app() {
    let store = Store::open();
    let mut app = store.station.app();
    store.use_card("insufficient-funds");
    let declined = app.call("payment.sale", sale("k1", 5_000));
    assert_eq!(
        declined["message"], "There is not enough money on the card. Ask for another card.",
        "{declined}"
    );
    // The customer does not hear of an empty account in front of others.
    assert_eq!(
        declined["customer_message"],
        "Your card was declined. Please use another card."
    );
    assert_eq!(declined["retry_safety"], "safe");
    assert_eq!(
        declined["refs"],
        json!({
            "d365": "CCR002", "onlinefundraising": {"code": "300001", "state": "AwaitingRetry"},
            "brp": "201", "dintero": "rejected",
        })
    );

    app.call("session.hello", json!({"language": "nb"}));
    let again = app.call("payment.sale", sale("k1", 5_000));
    assert_eq!(
        again["message"], "Det er ikke dekning på kortet. Be om et annet kort.",
        "{again}"
    );
    let wrong = app.refused("payment.get", json!({"payment_id": "nobody"}));
    assert_eq!(wrong["message"], "Denne betalingen er ikke kjent her.");
    assert_eq!(wrong["data"]["retry_safety"], "never", "{wrong}");
    let wrong = app.refused("payment.get", json!({"payment": "nobody"}));
    assert_eq!(wrong["message"], "Kassen sendte noe som ikke stemmer.");
    assert_eq!(wrong["data"]["code"], "invalid_params", "{wrong}");
    assert_eq!(wrong["data"]["field"], "payment", "{wrong}");

    let unknown = json!({"language": "no"});
    let refused = app.refused("session.hello", unknown);
    assert_eq!(refused["data"]["code"], "language_unknown", "{refused}");
    assert_eq!(refused["data"]["field"], "language");
    assert_eq!(
        refused["data"]["problem"],
        "must be one of en, nb, da, sv, lt, de"
    );

    // Another app of the same station has its own language, at first the station's.
    let refused = store
        .station
        .app()
        .refused("payment.get", json!({"payment_id": "nobody"}));
    assert_eq!(refused["message"], "This payment is not known here.");
}
