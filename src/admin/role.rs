//! The least role of an endpoint, as a type that its handler takes right after the state.
//!
//! | a handler takes | who gets in |
//! | --- | --- |
//! | [`MayView`] | viewers, operators, admins |
//! | [`MayOperate`] | operators, admins |
//! | [`MayGive`] | operators, admins; in production admins alone give more |
//! | [`MayAdminister`] | admins |

use super::{
    caller::Caller, peer::AdminPeer, problem::Problem, refused::AdminRejection, state::AdminState,
};
use crate::{
    domain::{Actor, RequestId, Role},
    tokens::Mandate,
};
use axum::extract::{FromRequestParts, State};
use http::request::Parts;

/// Lets in whoever has at least this role.
pub(super) trait LeastRole {
    /// The role.
    const ROLE: Role;
}

/// A handler's parameters, among which the least role comes before anything that is read.
#[diagnostic::on_unimplemented(
    message = "this endpoint does not say who may use it",
    note = "take `MayView`, `MayOperate`, `MayGive` or `MayAdminister` right after `State<AdminState>`"
)]
pub(super) trait NamesRole {
    /// The role.
    const ROLE: Role;
}

macro_rules! names_role {
    ($($before:ty)?; $($after:ident)*) => {
        impl<M, R: LeastRole, $($after),*> NamesRole for (M, $($before,)? R, $($after),*) {
            const ROLE: Role = R::ROLE;
        }
    };
}

// None without `R`: so an endpoint that names no role does not compile.
names_role!(;);
names_role!(; A);
names_role!(State<AdminState>;);
names_role!(State<AdminState>; A);
names_role!(State<AdminState>; A B);
names_role!(State<AdminState>; A B C);

macro_rules! least_role {
    ($(#[$docs:meta])* $name:ident, $role:expr) => {
        $(#[$docs])*
        #[derive(Debug, Clone)]
        pub(super) struct $name(pub(super) Actor);

        impl LeastRole for $name {
            const ROLE: Role = $role;
        }

        impl FromRequestParts<AdminState> for $name {
            type Rejection = Problem;

            async fn from_request_parts(
                parts: &mut Parts,
                _state: &AdminState,
            ) -> Result<Self, Problem> {
                at_least($role, parts).map(Self)
            }
        }
    };
}

least_role!(
    /// Whoever makes the request may see everything.
    MayView,
    Role::Viewer
);
least_role!(
    /// Whoever makes the request may run the gateway from day to day.
    MayOperate,
    Role::Operator
);
least_role!(
    /// Whoever makes the request may do everything.
    MayAdminister,
    Role::Admin
);

/// Whoever makes the request may run the gateway from day to day; how much more they may is for the room to
/// look at, which knows what is given.
#[derive(Debug, Clone)]
pub(super) struct MayGive(pub(super) Mandate);

impl LeastRole for MayGive {
    const ROLE: Role = Role::Operator;
}

impl FromRequestParts<AdminState> for MayGive {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &AdminState) -> Result<Self, Problem> {
        let by = at_least(Self::ROLE, parts)?;
        let role = parts.extensions.get::<Caller>().map_or(Self::ROLE, |known| known.role);
        Ok(Self(Mandate { by, role }))
    }
}

/// Whether whoever makes the request may see the names of end users: operators and admins may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Shown,
    Hidden,
}

impl<S: Sync> FromRequestParts<S> for Names {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let role = parts.extensions.get::<Caller>().map(|known| known.role);
        Ok(if role >= Some(Role::Operator) { Self::Shown } else { Self::Hidden })
    }
}

fn at_least(least: Role, parts: &Parts) -> Result<Actor, Problem> {
    match parts.extensions.get::<Caller>() {
        Some(known) if known.role >= least => Ok(actor(known, parts)),
        Some(known) => Err(AdminRejection::role(least, known).into()),
        // Only a fault of the wiring leads here.
        None => Err(Problem::operators_missing()),
    }
}

/// Returns whoever makes a request as the record tells of them.
fn actor(known: &Caller, parts: &Parts) -> Actor {
    Actor {
        principal: known.by.clone(),
        request: parts.extensions.get::<RequestId>().cloned(),
        origin: parts.extensions.get::<AdminPeer>().map(|peer| peer.origin()),
    }
}
