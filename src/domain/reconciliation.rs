//! End of day: what the books say was taken at a terminal since its batch was closed last, against
//! what the terminal says of that batch (docs/end-of-day.md).

use std::collections::BTreeSet;

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::terminal::{TerminalRequest, Totals};
use serde::{Deserialize, Serialize};

use super::flow::moved;
use super::id::{PaymentId, TerminalId};
use super::operation::{Answer, Approval, Call, Step};

/// A terminal may count in one byte (ZVT): above that only sums are compared.
const COUNTED_TO: u32 = 255;

/// So many payments or numbers are named at most: a list that somebody reads.
const NAMED: usize = 50;

/// The group of what belongs to no group that the terminal names, as terminals call it.
const OTHER: &str = "other";

/// Terminal and books side by side, stored with the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The terminal.
    pub terminal: TerminalId,
    /// Of all amounts.
    pub currency: Currency,
    /// Whether the batch is closed now; otherwise it was only asked for.
    pub closed: bool,
    /// First receipt number of the batch, as the terminal told it.
    pub first_receipt: Option<String>,
    /// Last receipt number of the batch.
    pub last_receipt: Option<String>,
    /// By card group, in the order of the terminal; those with nothing on either side are left out.
    pub groups: Vec<Group>,
    /// Payments that are counted here and whose receipt numbers are not in the batch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_at_terminal: Vec<PaymentId>,
    /// Receipt numbers of the batch that are not known here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_here: Vec<String>,
    /// Payments each of which would explain the difference of its group alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub likely: Vec<PaymentId>,
}

/// A group of cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// As the terminal calls it.
    pub name: String,
    /// What the books say.
    pub here: Counted,
    /// What the terminal says.
    pub terminal: Counted,
}

/// How often, and how much: what was taken without what was given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// How many.
    pub count: u32,
    /// Minor units.
    pub minor: u64,
}

/// What the books say of a terminal since its batch was closed last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turnover(Vec<Item>);

/// One transaction that the terminal has carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    payment: PaymentId,
    receipt: Option<String>,
    brand: Option<String>,
    kind: Kind,
}

/// How a terminal counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Taken(u64),
    GivenBack(u64),
    /// It has a number and counts nothing: a hold, a release, what undoes another one and what was
    /// undone.
    Uncounted,
}

impl Turnover {
    /// Of the steps that a terminal was asked for since then, oldest first.
    #[must_use]
    pub fn of(steps: &[Step]) -> Self {
        let mut items: Vec<Item> = Vec::new();
        for step in steps {
            let (Call::Terminal { request, .. }, Some(Answer::Approved(approval))) =
                (&step.call, &step.answer)
            else {
                continue;
            };
            let Some(kind) = Kind::of(&step.call, request, approval) else {
                continue;
            };
            if let TerminalRequest::Reverse { receipt_number, .. } = request {
                let undone = items
                    .iter_mut()
                    .rfind(|item| item.receipt.as_ref() == Some(receipt_number));
                if let Some(undone) = undone {
                    undone.kind = Kind::Uncounted;
                }
            }
            let same = |item: &&Item| item.payment == step.payment && item.brand.is_some();
            let known = items.iter().find(same).and_then(|item| item.brand.clone());
            let card = approval.card.as_ref();
            let reference = approval.terminal.as_ref();
            items.push(Item {
                payment: step.payment.clone(),
                receipt: reference.and_then(|it| it.mark.receipt_number.clone()),
                brand: card.and_then(|card| card.brand.clone()).or(known),
                kind,
            });
        }
        Self(items)
    }

    fn counted<'a>(&'a self, belongs: impl Fn(&Item) -> bool + 'a) -> Counted {
        let items = self.0.iter().filter(|item| belongs(item));
        let (mut count, mut taken, mut given) = (0_u32, 0_u64, 0_u64);
        for item in items {
            let (more, less) = match item.kind {
                Kind::Taken(amount) => (amount, 0),
                Kind::GivenBack(amount) => (0, amount),
                Kind::Uncounted => continue,
            };
            count = count.saturating_add(1);
            taken = taken.saturating_add(more);
            given = given.saturating_add(less);
        }
        let minor = taken.saturating_sub(given);
        Counted { count, minor }
    }
}

impl Kind {
    /// `None` of what leaves no record at the terminal.
    fn of(call: &Call, request: &TerminalRequest, approval: &Approval) -> Option<Self> {
        Some(match request {
            TerminalRequest::Sale { .. } | TerminalRequest::CaptureReservation { .. } => {
                Self::Taken(moved(call, approval))
            }
            TerminalRequest::ReduceReservation {
                reservation,
                unused,
            } => Self::Taken(reservation.amount.minor.saturating_sub(unused.minor)),
            TerminalRequest::Refund { .. } => Self::GivenBack(moved(call, approval)),
            TerminalRequest::Authorize { .. }
            | TerminalRequest::VoidReservation { .. }
            | TerminalRequest::Reverse { .. } => Self::Uncounted,
            TerminalRequest::Inquire
            | TerminalRequest::Status
            | TerminalRequest::OpenReservations
            | TerminalRequest::Totals
            | TerminalRequest::Reconcile => return None,
        })
    }
}

impl Reconciliation {
    /// Compares what a terminal told with what the books say.
    #[must_use]
    pub fn of(
        terminal: TerminalId,
        currency: Currency,
        closed: bool,
        told: &Totals,
        turnover: &Turnover,
    ) -> Self {
        let (groups, members) = groups(told, turnover);
        let mut compared = Self {
            terminal,
            currency,
            closed,
            first_receipt: told.first_receipt.clone(),
            last_receipt: told.last_receipt.clone(),
            groups,
            not_at_terminal: Vec::new(),
            not_here: Vec::new(),
            likely: Vec::new(),
        };
        if !compared.agrees() {
            compared.name_differences(told, turnover, &members);
        }
        compared.groups.retain(|group| !group.is_empty());
        compared
    }

    /// Whether terminal and books say the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.groups.iter().all(Group::agrees)
    }

    fn name_differences(&mut self, told: &Totals, turnover: &Turnover, members: &[usize]) {
        for (at, group) in self.groups.iter().enumerate() {
            let missing = group.here.count == group.terminal.count.saturating_add(1);
            let amount = group.here.minor.checked_sub(group.terminal.minor);
            let Some(amount) = amount.filter(|_| missing && !group.agrees()) else {
                continue;
            };
            let items = turnover.0.iter().zip(members);
            let alike = items.filter(|(item, of)| **of == at && item.kind == Kind::Taken(amount));
            let room = NAMED.saturating_sub(self.likely.len());
            let alike = alike.map(|(item, _)| item.payment.clone()).take(room);
            self.likely.extend(alike);
        }
        let Some(range) = told
            .first_receipt
            .as_deref()
            .zip(told.last_receipt.as_deref())
        else {
            return;
        };
        let Some(batch) = numbers(range.0, range.1) else {
            return;
        };
        let number = |item: &Item| item.receipt.as_ref().and_then(|it| it.parse::<u32>().ok());
        let here: BTreeSet<u32> = turnover.0.iter().filter_map(number).collect();
        let unknown = batch.iter().filter(|it| !here.contains(it)).take(NAMED);
        self.not_here = unknown.map(|number| format!("{number:04}")).collect();
        let is_elsewhere = |item: &&Item| {
            let counts = item.kind != Kind::Uncounted;
            counts && number(item).is_some_and(|number| !batch.contains(&number))
        };
        let elsewhere = turnover.0.iter().filter(is_elsewhere).take(NAMED);
        self.not_at_terminal = elsewhere.map(|item| item.payment.clone()).collect();
    }
}

impl Group {
    /// Whether both sides say the same.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        let many = self.here.count > COUNTED_TO;
        self.here.minor == self.terminal.minor && (many || self.here.count == self.terminal.count)
    }

    const fn is_empty(&self) -> bool {
        let counts = self.here.count == 0 && self.terminal.count == 0;
        counts && self.here.minor == 0 && self.terminal.minor == 0
    }
}

/// The groups of the terminal with what either side counts, and the group of each item. A terminal that
/// names no groups has one.
fn groups(told: &Totals, turnover: &Turnover) -> (Vec<Group>, Vec<usize>) {
    let mut terminal: Vec<(String, Counted)> = told
        .groups
        .iter()
        .map(|(name, count, minor)| {
            let counted = Counted {
                count: *count,
                minor: *minor,
            };
            (name.clone(), counted)
        })
        .collect();
    let has_other = terminal.iter().any(|(name, _)| name == OTHER);
    if terminal.is_empty() {
        // How many they are is not told: nothing to compare.
        let all = turnover.counted(|_| true);
        let minor = told.total_minor.unwrap_or(0);
        let counted = Counted {
            count: all.count,
            minor,
        };
        terminal.push((OTHER.to_owned(), counted));
    } else if !has_other {
        terminal.push((OTHER.to_owned(), Counted::default()));
    }
    let names: Vec<&str> = terminal.iter().map(|(name, _)| name.as_str()).collect();
    let members: Vec<usize> = turnover
        .0
        .iter()
        .map(|item| group_of(item.brand.as_deref(), &names))
        .collect();
    let groups = terminal.iter().enumerate().map(|(at, (name, told))| {
        let belongs = |item: &Item| group_of(item.brand.as_deref(), &names) == at;
        Group {
            name: name.clone(),
            here: turnover.counted(belongs),
            terminal: *told,
        }
    });
    (groups.collect(), members)
}

/// The place of the group that a card's name belongs to: the one whose name is in it.
fn group_of(brand: Option<&str>, names: &[&str]) -> usize {
    let brand = brand.unwrap_or_default().to_ascii_lowercase();
    let is_named = |name: &str| name != OTHER && brand.contains(&name.to_ascii_lowercase());
    let named = names.iter().position(|name| is_named(name));
    let other = || names.iter().position(|name| *name == OTHER);
    named.or_else(other).unwrap_or(0)
}

/// The receipt numbers from the first to the last; 9999 is followed by 0001.
fn numbers(first: &str, last: &str) -> Option<BTreeSet<u32>> {
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    let in_range = |number: u32| (1..=9999).contains(&number);
    if !in_range(first) || !in_range(last) {
        return None;
    }
    Some(if first <= last {
        (first..=last).collect()
    } else {
        (first..=9999).chain(1..=last).collect()
    })
}
