//! The account: how many places it has, what it can pay, what it paid.
//!
//! Places and money are Ideogram's view of them. The gateway's own counting is judged by it.

use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;

/// The places and the money of the one account that all keys belong to.
///
/// All changes are made under one lock, so that places and money never disagree.
#[derive(Debug)]
pub struct SimulatedAccount(Mutex<Books>);

/// All numbers of the account; money in millionths of a dollar.
#[derive(Debug, Clone, Copy, Default)]
struct Books {
    /// How many images may be in flight.
    cap: u32,
    /// What it can be paid in all; `None` is without end.
    balance: Option<u64>,
    /// How many images are in flight.
    in_flight: u32,
    /// The most there were at once.
    most_in_flight: u32,
    /// The most there would have been, had none been refused.
    most_wanted: u32,
    /// What is held for orders that are not done.
    held: u64,
    /// What was billed.
    paid: u64,
    /// How many units were billed.
    units: u64,
}

/// Why the account does not take an order.
///
/// Nothing was taken, held or billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderRefused {
    /// The balance does not cover it.
    Funds,
    /// It would have more places in flight than this cap.
    Places(u32),
}

/// Places that are taken until this is dropped.
///
/// Dropping it bills nothing: an order that fails is free.
#[derive(Debug)]
pub struct Occupied {
    /// Where they were taken.
    account: Arc<SimulatedAccount>,
    /// How many.
    places: u32,
    /// What is held for the order.
    price: u64,
}

impl SimulatedAccount {
    /// Returns an account with nothing in flight and nothing billed.
    pub(crate) fn new(cap: u32, balance: Option<u64>) -> Self {
        Self(Mutex::new(Books { cap, balance, ..Books::default() }))
    }

    /// Lends the books.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock()
    }

    /// Takes places and holds money, all or nothing.
    ///
    /// Money is looked at first, and a refusal for want of it does not count as wanted.
    pub(crate) fn take(
        self: &Arc<Self>,
        places: u32,
        price: u64,
    ) -> Result<Occupied, OrderRefused> {
        let mut books = self.books();
        let wanted = books.in_flight.saturating_add(places);
        let spent = books.paid.saturating_add(books.held).saturating_add(price);
        // Money before places: what cannot be paid never wanted a place.
        if books.balance.is_some_and(|balance| spent > balance) {
            return Err(OrderRefused::Funds);
        }
        books.most_wanted = books.most_wanted.max(wanted);
        if wanted > books.cap {
            return Err(OrderRefused::Places(books.cap));
        }
        books.held += price;
        books.in_flight = wanted;
        books.most_in_flight = books.most_in_flight.max(wanted);
        Ok(Occupied { account: Arc::clone(self), places, price })
    }

    /// Takes places for somebody else, whatever the cap.
    pub(crate) fn occupy(self: &Arc<Self>, places: u32) -> Occupied {
        self.books().in_flight += places;
        // Above the cap if need be: somebody else's calls are Ideogram's to refuse, not the gateway's.
        Occupied { account: Arc::clone(self), places, price: 0 }
    }

    /// Changes the cap for orders to come.
    pub(crate) fn set_cap(&self, cap: u32) {
        self.books().cap = cap;
    }

    /// Returns the cap.
    pub(crate) fn cap(&self) -> u32 {
        self.books().cap
    }

    /// Changes what it can be paid in all.
    pub(crate) fn set_balance(&self, balance: Option<u64>) {
        self.books().balance = balance;
    }

    /// Adds a bill for something that takes no place.
    pub(crate) fn bill(&self, price: u64) {
        self.books().paid += price;
    }

    /// Returns how many images are in flight.
    pub(crate) fn in_flight(&self) -> u32 {
        self.books().in_flight
    }

    /// Returns the most places that were in flight, and the most that were asked for.
    pub(crate) fn most(&self) -> (u32, u32) {
        let books = self.books();
        (books.most_in_flight, books.most_wanted)
    }

    /// Returns how many units were billed, and their price.
    pub(crate) fn billed(&self) -> (u64, u64) {
        let books = self.books();
        (books.units, books.paid)
    }

    /// Forgets what was billed and the peaks; places in flight stay.
    pub(crate) fn reset(&self) {
        let mut books = self.books();
        (books.paid, books.units) = (0, 0);
        (books.most_in_flight, books.most_wanted) = (books.in_flight, books.in_flight);
    }
}

impl Occupied {
    /// Bills what was held for, and gives the places back.
    ///
    /// The bill is written before the places are free, so that nobody sees them free and unpaid.
    pub(crate) fn bill(self, units: u32) {
        let mut books = self.account.books();
        books.paid += self.price;
        // The lock goes before `self` does, whose drop takes it again: do not drop `self` in here.
        books.units += u64::from(units);
    }
}

impl Drop for Occupied {
    /// Gives back the places and what was held.
    fn drop(&mut self) {
        let mut books = self.account.books();
        books.in_flight = books.in_flight.saturating_sub(self.places);
        books.held = books.held.saturating_sub(self.price);
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderRefused, SimulatedAccount};
    use std::sync::Arc;

    #[test]
    fn places_above_the_cap_are_refused_and_come_back() {
        let account = Arc::new(SimulatedAccount::new(10, None));
        let six = account.take(6, 0).expect("six");
        assert_eq!(account.take(5, 0).err(), Some(OrderRefused::Places(10)));
        let four = account.take(4, 0).expect("four");
        drop(six);
        four.bill(4);
        assert_eq!((account.in_flight(), account.most()), (0, (10, 11)));
    }

    #[test]
    fn money_is_held_and_only_a_finished_order_is_billed() {
        let account = Arc::new(SimulatedAccount::new(10, Some(100)));
        let held = account.take(1, 60).expect("held");
        assert_eq!(account.take(1, 60).err(), Some(OrderRefused::Funds));
        drop(held);
        account.take(1, 60).expect("held").bill(1);
        assert_eq!(account.billed(), (1, 60));
        assert_eq!(account.take(1, 60).err(), Some(OrderRefused::Funds));
    }
}
