//! What must hold of the whole: memory and journal, journal and bank.

use std::collections::{BTreeMap, BTreeSet};

use hw_sim::bank::{Authorization, Origin, TerminalKind};
use posd::domain::id::PaymentId;
use posd::domain::payment::Payment;
use posd::domain::request::Request;
use posd::domain::state::Aggregates;
use posd::vault::TokenKind;

use crate::auditor::{Check, json, silence};
use crate::shop::Shop;
use crate::world::World;

/// What a restart would know now is what the station knows.
pub(crate) fn replay(shop: &Shop) -> Check {
    if !shop.pending.is_empty() || shop.is_dead {
        return Ok(());
    }
    let live = shop.station.books();
    let mut rebuilt = Aggregates::default();
    for entry in shop
        .reader
        .open_entries()
        .map_err(|error| format!("journal: {error}"))?
    {
        rebuilt.apply(&entry);
    }
    if rebuilt.operations != live.operations {
        return Err(format!(
            "replay: the journal has {:?}, memory has {:?}",
            rebuilt.operations, live.operations
        ));
    }
    for (id, payment) in &live.payments {
        if shop.reader.payment(id).ok().flatten().as_ref() != Some(payment) {
            return Err(format!("replay: memory has another {payment:?}"));
        }
    }
    for (id, order) in &live.orders {
        if shop.reader.order(id).ok().flatten().as_ref() != Some(order) {
            return Err(format!("replay: memory has another {order:?}"));
        }
    }
    Ok(())
}

impl World<'_> {
    /// Everything is over: the books are compared.
    pub(crate) fn check_all(&mut self) -> Check {
        self.ask_all_again();
        let payments = self.payments()?;
        self.check_whole_replay(&payments)?;
        self.check_events()?;
        let verified = posd::journal::verify(&self.home.journal(), None);
        let verified = verified.map_err(|error| format!("journal: {error}"))?;
        if !verified.findings.is_empty() {
            return Err(format!("journal: {:?}", verified.findings));
        }
        self.check_agreement(&payments)?;
        self.check_requests()?;
        let disk = self.home.disk();
        silence(&String::from_utf8_lossy(&disk))
    }

    fn payments(&self) -> Result<BTreeMap<PaymentId, Payment>, String> {
        let reader = self.home.reader();
        let mut all: BTreeMap<PaymentId, Payment> = BTreeMap::new();
        loop {
            let after = all.last_key_value().map_or("", |(id, _)| id.as_str());
            let page = reader.payments_after(after, 500);
            let page = page.map_err(|error| format!("journal: {error}"))?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(
                page.into_iter()
                    .map(|payment| (payment.id.clone(), payment)),
            );
        }
    }

    /// Every entry there ever was makes what the tables hold.
    fn check_whole_replay(&self, payments: &BTreeMap<PaymentId, Payment>) -> Check {
        let reader = self.home.reader();
        let mut rebuilt = Aggregates::default();
        for entry in reader
            .entries()
            .map_err(|error| format!("journal: {error}"))?
        {
            rebuilt.apply(&entry);
        }
        if rebuilt.payments != *payments {
            return Err("replay: the entries make other payments than the table has".to_owned());
        }
        for (id, order) in &rebuilt.orders {
            if reader.order(id).ok().flatten().as_ref() != Some(order) {
                return Err(format!("replay: the table has another {order:?}"));
            }
        }
        Ok(())
    }

    fn check_events(&self) -> Check {
        let reader = self.home.reader();
        let mut last = 0;
        loop {
            let page = reader.events_after(last, 1_000);
            let page = page.map_err(|error| format!("journal: {error}"))?;
            if page.is_empty() {
                break;
            }
            for event in page {
                if event.seq != last + 1 {
                    return Err(format!("events: {} comes after {last}", event.seq));
                }
                last = event.seq;
                silence(&json(&event.event))?;
            }
        }
        if last == self.auditor.last_event {
            Ok(())
        } else {
            Err(format!("events: {last} is the last"))
        }
    }

    /// Our ledger is the bank's, øre by øre, and the bank has nothing that we do not know of.
    fn check_agreement(&self, payments: &BTreeMap<PaymentId, Payment>) -> Check {
        let mut known = BTreeSet::new();
        let mut credits: BTreeMap<&PaymentId, u64> = BTreeMap::new();
        for credit in self.outside.bank.credits().filter(|it| !it.is_reversed) {
            let done = self.auditor.at_terminals.iter();
            let step = done
                .filter(|done| done.key == credit.key)
                .find_map(|it| it.step.as_ref());
            let payment = step.and_then(|step| self.auditor.payment_of(step));
            let payment = payment.ok_or_else(|| format!("agreement: nobody asked {credit:?}"))?;
            *credits.entry(payment).or_default() += credit.money.minor;
        }
        for payment in payments.values().filter(|payment| payment.authorized > 0) {
            let token = payment.auth_token.as_ref();
            let token = token.ok_or_else(|| format!("agreement: no reference in {payment:?}"))?;
            let clear = self.home.vault.unseal(TokenKind::Reference, token);
            let clear = clear.map_err(|error| format!("agreement: {error}"))?;
            let one = self.outside.bank.authorization(&clear);
            let one = one.ok_or_else(|| format!("agreement: the bank lacks {payment:?}"))?;
            if !known.insert(one.number) {
                return Err(format!("agreement: two payments are {one:?}"));
            }
            let credited = credits.get(&payment.id).copied().unwrap_or(0);
            agree(payment, one, credited)?;
        }
        for one in self.outside.bank.authorizations() {
            let from_web = one
                .reference
                .as_ref()
                .is_some_and(|it| it.starts_with("web-"));
            let moved = one.open() > 0 || one.captured > one.refunded;
            if moved && !from_web && !known.contains(&one.number) {
                return Err(format!("agreement: the journal does not know {one:?}"));
            }
        }
        Ok(())
    }

    /// No request moved more than it asked for.
    fn check_requests(&self) -> Check {
        let mut held: BTreeMap<&str, u64> = BTreeMap::new();
        for done in &self.auditor.at_terminals {
            if let (Some(step), TerminalKind::Sale | TerminalKind::Authorize) =
                (&done.step, done.kind)
            {
                *held.entry(step.operation.as_str()).or_default() += done.minor;
            }
        }
        for one in self.outside.bank.authorizations() {
            if let (Origin::Processor, Some(reference)) = (one.origin, &one.reference)
                && let Some((operation, _)) = reference.rsplit_once('-')
            {
                *held.entry(operation).or_default() += one.authorized;
            }
        }
        for (id, request) in self.auditor.requests() {
            let most = match request {
                Request::Sale { amount, .. } | Request::Authorize { amount, .. } => amount.minor,
                Request::DepositTake { order, .. } => order.total().minor,
                Request::Capture { .. } | Request::Void { .. } | Request::Refund { .. } => 0,
                _ => continue,
            };
            let held = held.get(id.as_str()).copied().unwrap_or(0);
            if held > most {
                return Err(format!("once: {id} held {held} and may hold {most}"));
            }
        }
        Ok(())
    }
}

/// What the customer has paid, and what is held on the card.
fn agree(payment: &Payment, one: &Authorization, credited: u64) -> Check {
    let paid = payment.captured - payment.refunded;
    let open = payment.authorized - payment.captured - payment.voided;
    let at_bank = one.captured.checked_sub(one.refunded + credited);
    // That a hold has ended by time, the station learns when it wants to use it.
    let holds = one.open()..=one.open() + one.expired;
    if at_bank == Some(paid) && holds.contains(&open) {
        Ok(())
    } else {
        Err(format!(
            "agreement: {} has paid {paid}, open {open}; credited {credited}, the bank has {one:?}",
            payment.id
        ))
    }
}
