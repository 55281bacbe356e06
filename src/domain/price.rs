//! What calls cost, as far as the price table knows.

use super::{Demand, FieldValue, RouteName, Usd};
use std::collections::HashMap;

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

/// The price table: dated, versioned, by route.
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
    /// Returns the upper bound of what the call costs.
    pub fn bound(&self) -> Usd {
        self.unit.times(self.units)
    }

    /// Returns what the call costs if `images` came out; `None` means that nobody can say.
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

    /// Says whether a route has any price.
    pub fn has(&self, route: &RouteName) -> bool {
        self.rows.contains_key(route)
    }

    /// Returns what a demand costs at most: by the dearest row that applies, or the route's dearest
    /// when none does; `None` when the route has no price at all.
    pub fn quote(&self, route: &RouteName, demand: &Demand) -> Option<Quotation> {
        let rows = self.rows.get(route)?;
        let quotations = || rows.iter().map(|row| (row, row.quotation(demand)));
        let applying = quotations().filter(|(row, _)| row.applies(demand)).map(|(_, q)| q);
        let dearest = applying.max_by_key(Quotation::bound);
        dearest.or_else(|| quotations().map(|(_, q)| q).max_by_key(Quotation::bound))
    }
}

impl PriceRow {
    fn applies(&self, demand: &Demand) -> bool {
        let named = |set: &Option<Box<str>>, given: &Option<Box<str>>| {
            set.is_none() || set.as_deref() == given.as_deref()
        };
        named(&self.model, &demand.model)
            && named(&self.speed, &demand.speed)
            && self.when.as_ref().is_none_or(|when| when.holds(demand))
    }

    fn quotation(&self, demand: &Demand) -> Quotation {
        let units = match self.per {
            PricePer::Output => demand.places.max(1),
            PricePer::Input => 1,
        };
        Quotation { per: self.per, unit: self.price, units }
    }
}

impl PriceCondition {
    fn holds(&self, demand: &Demand) -> bool {
        match self {
            Self::Present(field) => demand.priced_fields.contains_key(field),
            Self::Value(field, value) => {
                matches!(demand.priced_fields.get(field), Some(FieldValue::Text(text)) if text == value)
            }
        }
    }
}
