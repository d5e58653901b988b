//! Faults that wait for the next requests.

use crate::bank::Operation;

/// Something that goes wrong with the next requests of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// With which requests; `None` is any that can move money.
    pub on: Option<Operation>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// With how many of them.
    pub count: u64,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Carried out, then the connection is closed without an answer.
    DropAnswer,
    /// Carried out, then answered with status 500.
    ErrorAfter,
    /// Answered with status 503, nothing carried out.
    ErrorBefore,
    /// Carried out, answered late by this many milliseconds.
    Delay(u64),
}

/// The faults that wait.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault behind those that wait already.
    pub fn push(&mut self, fault: Fault) {
        if fault.count > 0 {
            self.0.push(fault);
        }
    }

    /// The fault of a request, which is used up by that.
    pub fn take(&mut self, operation: Operation) -> Option<FaultKind> {
        let at = self.0.iter().position(|fault| match fault.on {
            Some(on) => on == operation,
            None => operation != Operation::Inquire,
        })?;
        let fault = self.0.get_mut(at)?;
        let kind = fault.kind;
        fault.count = fault.count.saturating_sub(1);
        if fault.count == 0 {
            self.0.remove(at);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_order_and_end() {
        let mut faults = Faults::default();
        let fault = |on, kind, count| Fault { on, kind, count };
        faults.push(fault(Some(Operation::Capture), FaultKind::DropAnswer, 2));
        faults.push(fault(None, FaultKind::ErrorBefore, 1));
        assert_eq!(faults.take(Operation::Inquire), None);
        assert_eq!(faults.take(Operation::Capture), Some(FaultKind::DropAnswer));
        assert_eq!(faults.take(Operation::Void), Some(FaultKind::ErrorBefore));
        assert_eq!(faults.take(Operation::Capture), Some(FaultKind::DropAnswer));
        assert_eq!(faults.take(Operation::Capture), None);
    }
}
