//! What calls cost, as far as the price table knows.

use super::{Demand, FieldValue, Route, RouteName, RouteTable, Usd};
use std::{collections::HashMap, sync::Arc};

/// What a price is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PricePer {
    /// Each image that comes out.
    Output,
    /// Each call.
    Input,
}

/// What must hold of an inspected field for a row to apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceCondition {
    /// The field is there.
    Present(Box<str>),
    /// The field has this value.
    Value(Box<str>, Box<str>),
}

/// One price; what is absent applies to all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// The route.
    pub route: RouteName,
    /// The model.
    pub model: Option<Box<str>>,
    /// The rendering speed.
    pub speed: Option<Box<str>>,
    /// A condition on another field.
    pub when: Option<PriceCondition>,
    /// What is counted.
    pub per: PricePer,
    /// The price of one.
    pub price: Usd,
}

/// The price table: dated, versioned, by route. It is the gateway's own: Ideogram's bills are right
/// where the two differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceTable {
    version: Box<str>,
    rows: HashMap<RouteName, Vec<PriceRow>>,
}

/// The price of one unit of a call, and how many units it asks for at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotation {
    /// What is counted.
    pub per: PricePer,
    /// The price of one.
    pub unit: Usd,
    /// Units asked for.
    pub units: u32,
}

impl Quotation {
    /// Returns the upper bound of what the call costs. That is what is reserved before the call is
    /// sent.
    pub fn bound(&self) -> Usd {
        self.unit.times(self.units)
    }

    /// Returns what the call costs if `images` came out; `None` means that nobody can say. Without
    /// a number of images it is the upper bound: what is not known is never charged too low.
    pub fn actual(&self, images: Option<u32>) -> Usd {
        match (self.per, images) {
            (PricePer::Output, Some(images)) => self.unit.times(images),
            _ => self.bound(),
        }
    }
}

impl PriceTable {
    /// Returns a table of these rows.
    pub fn new(version: impl Into<Box<str>>, rows: Vec<PriceRow>) -> Self {
        let mut by_route: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            by_route.entry(row.route.clone()).or_default().push(row);
        }
        Self { version: version.into(), rows: by_route }
    }

    /// Returns the version that audit records name.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns all rows.
    pub fn rows(&self) -> impl Iterator<Item = &PriceRow> {
        self.rows.values().flatten()
    }

    /// Says whether a route has any price.
    pub fn has(&self, route: &RouteName) -> bool {
        self.rows.contains_key(route)
    }

    /// Returns the billable routes that are switched on and have no price; no budget can cover them.
    pub fn unpriced(&self, routes: &RouteTable) -> Vec<RouteName> {
        let lacks =
            |route: &&Arc<Route>| route.enabled && route.is_billable() && !self.has(&route.name);
        routes.routes().iter().filter(lacks).map(|route| route.name.clone()).collect()
    }

    /// Returns what the cheapest call on a route costs; `None` when the route has no price at all.
    pub fn least(&self, route: &RouteName) -> Option<Usd> {
        self.rows.get(route)?.iter().map(|row| row.price).min()
    }

    /// Returns what a demand costs at most; `None` when the route has no price at all.
    ///
    /// That is the dearest row that applies. When none does, it is the route's dearest. A field that
    /// the prices depend on, with a value or beside a speed that no row about it names, counts as
    /// the dearest row about that field.
    pub fn quote(&self, route: &RouteName, demand: &Demand) -> Option<Quotation> {
        let rows = self.rows.get(route)?;
        let is_priced = rows.iter().any(|row| row.applies(demand));
        let counts =
            |row: &&PriceRow| !is_priced || row.applies(demand) || row.is_open(rows, demand);
        let quotations = rows.iter().filter(counts).map(|row| row.quotation(demand));
        quotations.max_by_key(Quotation::bound)
    }
}

impl PriceRow {
    // The vendor tells speeds and models apart without regard to case, as far as anybody knows; where
    // it does not, it refuses, and bills nothing.
    fn applies(&self, demand: &Demand) -> bool {
        let named = |set: &Option<Box<str>>, given: &Option<Box<str>>| match (set, given) {
            (None, _) => true,
            (Some(set), Some(given)) => set.eq_ignore_ascii_case(given),
            (Some(_), None) => false,
        };
        named(&self.model, &demand.model)
            && named(&self.speed, &demand.speed)
            && self.when.as_ref().is_none_or(|when| when.holds(demand))
    }

    /// Says whether the demand has the field that this row is about, and no row about it applies.
    fn is_open(&self, rows: &[Self], demand: &Demand) -> bool {
        let field = self.field();
        field.is_none_or(|field| demand.priced_fields.contains_key(field))
            && !rows.iter().any(|other| other.field() == field && other.applies(demand))
    }

    fn field(&self) -> Option<&str> {
        self.when.as_ref().map(PriceCondition::field)
    }

    fn quotation(&self, demand: &Demand) -> Quotation {
        let units = match self.per {
            // One at least: a bound of nothing would let a billed call past every budget.
            PricePer::Output => demand.places.max(1),
            PricePer::Input => 1,
        };
        Quotation { per: self.per, unit: self.price, units }
    }
}

impl PriceCondition {
    /// Returns the field it is about.
    pub fn field(&self) -> &str {
        match self {
            Self::Present(field) | Self::Value(field, _) => field,
        }
    }

    fn holds(&self, demand: &Demand) -> bool {
        let Some(found) = demand.priced_fields.get(self.field()) else { return false };
        match (self, found) {
            (Self::Present(_), _) => true,
            (Self::Value(_, value), FieldValue::Text(text)) => value.eq_ignore_ascii_case(text),
            (Self::Value(..), FieldValue::Present(_)) => false,
        }
    }
}
