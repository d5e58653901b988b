//! `terminal.acquire`, `terminal.release` and `terminal.abort`: which app has a terminal.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

use super::call::Call;
use super::error::ApiError;
use super::form::{Time, json};
use super::request as wire;
use super::result;
use super::session::{Caller, Connection};
use crate::domain::app::Role;
use crate::domain::id::{OperationId, PoolId};
use crate::domain::lease::{Acquire, Acquired, Place};

/// How long a lease lasts after each use: seconds, unless the app says otherwise, and at most.
const TTL_DEFAULT_S: u64 = 120;
const TTL_MAX_S: u64 = 3_600;

impl Connection {
    pub(super) async fn acquire(
        &self,
        params: wire::TerminalAcquire,
        caller: &Caller,
    ) -> Result<Value, ApiError> {
        let ttl = params.ttl_s.unwrap_or(TTL_DEFAULT_S);
        if !(1..=TTL_MAX_S).contains(&ttl) {
            let problem = format!("must be from 1 to {TTL_MAX_S}");
            return Err(ApiError::field("ttl_s", &problem));
        }
        let place = match params.terminal {
            Some(wire::Place::Pool(pool)) => Place::Pool(PoolId::new(pool.into_string())),
            Some(wire::Place::Terminal(name)) => {
                Place::Terminal(self.gateway.terminal(Some(&name))?)
            }
            None => Place::Terminal(self.gateway.terminal(None)?),
        };
        let asked = Acquire {
            place,
            app: caller.app.clone(),
            ttl: Duration::from_secs(ttl),
            override_others: params.override_others,
        };
        let (reply, answer) = oneshot::channel();
        let acquired: Acquired = self
            .gateway
            .call(Call::Acquire { asked, reply }, answer)
            .await?;
        let taken_from = acquired.taken_from.as_ref();
        Ok(json(&result::Lease {
            terminal: acquired.terminal.as_str().to_owned(),
            until: Time(acquired.until),
            taken_from: taken_from.map(|app| app.as_str().to_owned()),
        }))
    }

    pub(super) async fn release(
        &self,
        params: wire::TerminalRelease,
        caller: &Caller,
    ) -> Result<Value, ApiError> {
        let terminal = self.gateway.terminal(params.terminal.as_ref())?;
        let (reply, answer) = oneshot::channel();
        let call = Call::Release {
            terminal,
            app: caller.app.clone(),
            reply,
        };
        let released: bool = self.gateway.call(call, answer).await?;
        Ok(json(&result::Released { released }))
    }

    /// A cashier stops what the app itself has asked for, a supervisor anything.
    pub(super) async fn abort(
        &self,
        params: wire::TerminalAbort,
        caller: &Caller,
    ) -> Result<Value, ApiError> {
        let terminal = self.gateway.terminal(params.terminal.as_ref())?;
        let by = (caller.role < Role::Supervisor).then(|| caller.app.clone());
        let (reply, answer) = oneshot::channel();
        let call = Call::Abort {
            terminal,
            by,
            reply,
        };
        let stopped: Option<OperationId> = self.gateway.call(call, answer).await?;
        Ok(json(&result::Stopping {
            stopping: stopped.is_some(),
            operation_id: stopped.map(|operation| operation.as_str().to_owned()),
        }))
    }

    /// Tells the station that the app is here, which keeps its leases alive.
    pub(super) async fn arrive(&self) {
        if let Some(caller) = self.caller() {
            let _ = self.gateway.calls.send(Call::Came(caller.app)).await;
        }
    }

    /// Tells the station that the app is gone from here.
    pub(super) async fn leave(&self) {
        let seat = self.visitor().seat.take();
        if let Some(seat) = seat {
            let _ = self.gateway.calls.send(Call::Went(seat.app)).await;
        }
    }
}
