//! One row, read column by column.

use super::column::{condition, date, price, routes};
use crate::{
    config::{
        section::Section,
        values::{choice, text},
    },
    domain::{PriceCondition, PricePer, PriceRow, RouteName, RouteTable, Usd},
};

/// What `per` may say.
const PER: &[(&str, PricePer)] = &[("output", PricePer::Output), ("input", PricePer::Input)];

/// A row as it is written: one price for several routes.
///
/// Several routes share a row in the file alone: in the table each has its own.
#[derive(Debug)]
pub(super) struct Row {
    /// The path of the row in its file.
    pub(super) path: String,
    /// The routes it is for.
    pub(super) routes: Vec<RouteName>,
    /// The model it is for; `None` where it is for all.
    pub(super) model: Option<Box<str>>,
    /// The rendering speed it is for; `None` where it is for all.
    pub(super) speed: Option<Box<str>>,
    /// What must hold of a field of the call; `None` where nothing must.
    pub(super) when: Option<PriceCondition>,
    /// What the price is for: each output, or each input.
    pub(super) per: PricePer,
    /// The price of one.
    pub(super) price: Usd,
}

impl Row {
    /// Reads a row. `None` means that a mistake was noted.
    ///
    /// All columns are read even if one is wrong. `source` and `date` must be given and are not kept.
    pub(super) fn read(
        path: String,
        mut section: Section<'_>,
        table: Option<&RouteTable>,
    ) -> Option<Self> {
        let routes = section.read("routes", routes(table));
        let model = section.optional("model", text);
        let speed = section.optional("speed", text);
        let when = section.optional("when", condition);
        let per = section.read("per", choice(PER));
        let price = section.read("price", price);
        // Where a price comes from is for the next person who reads the file.
        let source = section.read("source", text);
        let date = section.read("date", date);
        // Ends the keys before any `?`, or a mistake in one column would hide those in others.
        section.end();
        source.zip(date)?;
        Some(Self {
            path,
            routes: routes?,
            model: model?,
            speed: speed?,
            when: when?,
            per: per?,
            price: price?,
        })
    }

    /// Returns the row for one of its routes.
    pub(super) fn for_route(&self, route: &RouteName) -> PriceRow {
        PriceRow {
            route: route.clone(),
            model: self.model.clone(),
            speed: self.speed.clone(),
            when: self.when.clone(),
            per: self.per,
            price: self.price,
        }
    }
}
