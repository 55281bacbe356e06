//! One row, read column by column.

use super::column::{condition, date, price, routes};
use crate::{
    config::{
        section::Section,
        values::{choice, text},
    },
    domain::{PriceCondition, PricePer, PriceRow, RouteName, RouteTable, Usd},
};

const PER: &[(&str, PricePer)] = &[("output", PricePer::Output), ("input", PricePer::Input)];

/// A row as it is written: one price for several routes.
#[derive(Debug)]
pub(super) struct Row {
    /// The path of the row in its file.
    pub(super) path: String,
    /// The routes it is for.
    pub(super) routes: Vec<RouteName>,
    pub(super) model: Option<Box<str>>,
    pub(super) speed: Option<Box<str>>,
    pub(super) when: Option<PriceCondition>,
    pub(super) per: PricePer,
    pub(super) price: Usd,
}

impl Row {
    /// Reads a row. `None` means that a mistake was noted.
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
    pub(super) fn of(&self, route: &RouteName) -> PriceRow {
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
