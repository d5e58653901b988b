//! Questions that move no money, and repeats that move none again.

use serde_json::Value;

use crate::app::{self, App};
use crate::table::{Samples, Table, timed};

const WARM_UP: u32 = 50;
const COUNT: u32 = 1000;

/// One request, again and again, in turn with an echo of it.
pub(crate) async fn repeat(
    app: &mut App,
    echo: &mut App,
    method: &str,
    params: &Value,
    table: &mut Table,
) {
    let text = app::request(method, params);
    let (mut samples, mut floor) = (Samples::default(), Samples::default());
    for _ in 0..WARM_UP {
        app.call(method, params.clone()).await;
        echo.echo(&text).await;
    }
    for _ in 0..COUNT {
        timed(&mut samples, app.echo(&text)).await;
        timed(&mut floor, echo.echo(&text)).await;
    }
    let what = match method {
        "payment.sale" => "payment.sale, the same key again",
        other => other,
    };
    table.row(what, &samples.text(), &floor.text(), &samples.over(&floor));
}
