//! All routes, and what a request path means among them.

use super::{Route, RouteName};
use http::Method;
use std::{collections::HashMap, sync::Arc};

/// A path that is refused by name, whatever the method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedPath {
    /// The path; a trailing `*` stands for any rest.
    pub path: Box<str>,
    /// Why it is closed, in words for the caller.
    pub reason: Box<str>,
}

impl DeniedPath {
    /// Says whether `path` is meant.
    pub fn covers(&self, path: &str) -> bool {
        match self.path.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => *path == *self.path,
        }
    }
}

/// What a method and a path mean.
#[derive(Debug)]
pub enum RouteMatch {
    /// A listed route that is switched on.
    Found(Arc<Route>),
    /// A listed route that is switched off.
    Disabled(Arc<Route>),
    /// A path that is refused by name.
    Denied(Box<str>),
    /// The path is listed, the method is not; the methods that are.
    WrongMethod(Vec<Method>),
    /// Nothing is known of the path.
    Unknown,
}

/// The route table: closed unless listed. It never changes once it is made.
#[derive(Debug, Clone, Default)]
pub struct RouteTable {
    routes: Vec<Arc<Route>>,
    literal: HashMap<Box<str>, Vec<usize>>,
    denied: Vec<DeniedPath>,
}

impl RouteTable {
    /// Returns a table of these routes and denied paths. A denied path wins over a route.
    pub fn new(routes: Vec<Route>, denied: Vec<DeniedPath>) -> Self {
        let routes: Vec<_> = routes.into_iter().map(Arc::new).collect();
        let mut literal: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        let fixed = routes.iter().enumerate().filter(|(_, route)| route.path.is_literal());
        for (index, route) in fixed {
            literal.entry(route.path.as_str().into()).or_default().push(index);
        }
        Self { routes, literal, denied }
    }

    /// Returns what a request for `path` means. The path is taken as it stands and compared to the
    /// letter. A path that is listed by its very text is never taken for one with a parameter.
    pub fn find(&self, method: &Method, path: &str) -> RouteMatch {
        if let Some(denied) = self.denied.iter().find(|denied| denied.covers(path)) {
            return RouteMatch::Denied(denied.reason.clone());
        }
        let candidates = self.at_path(path);
        match candidates.iter().find(|route| route.method == *method) {
            Some(route) if route.enabled => RouteMatch::Found(Arc::clone(route)),
            Some(route) => RouteMatch::Disabled(Arc::clone(route)),
            None if candidates.is_empty() => RouteMatch::Unknown,
            None => RouteMatch::WrongMethod(candidates.iter().map(|r| r.method.clone()).collect()),
        }
    }

    fn at_path(&self, path: &str) -> Vec<&Arc<Route>> {
        // Or a text that is listed could be taken for the parameter of another route.
        if let Some(indices) = self.literal.get(path) {
            return indices.iter().map(|index| &self.routes[*index]).collect();
        }
        self.routes.iter().filter(|route| route.path.matches(path).is_some()).collect()
    }

    /// Returns the route of that name.
    pub fn by_name(&self, name: &RouteName) -> Option<&Arc<Route>> {
        self.routes.iter().find(|route| route.name == *name)
    }

    /// Returns all routes in the order of the table.
    pub fn routes(&self) -> &[Arc<Route>] {
        &self.routes
    }

    /// Returns the paths that are refused by name.
    pub fn denied(&self) -> &[DeniedPath] {
        &self.denied
    }
}
