//! Problems that rooms refuse a request with.

use super::problem::Problem;
use crate::{
    domain::Role,
    operators::{self, OperatorsError},
    tokens::{RequestError, TokensError},
};

impl From<TokensError> for Problem {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::Invalid(mistakes) => Self::invalid(mistakes),
            TokensError::Unknown(id) => Self::unknown("token", id.as_str()),
            TokensError::RevokedIsFinal(_) => {
                Self::conflict("token_revoked", format!("{error}; create another one"))
            }
            TokensError::NeedsAdmin { role, .. } => {
                let problem = Self::role_missing(Role::Admin, role);
                Self { detail: format!("{error}; the operator has {role}").into(), ..problem }
            }
            TokensError::Expired(_) => {
                let detail = format!(
                    "{error}; let it live again first: `ideogate token update --expires-in`, or \
                     create another one"
                );
                Self::conflict("token_expired", detail)
            }
            TokensError::TwoSecretsAlive { .. } => {
                let detail = format!(
                    "{error}; wait until then, or say which of the two ends now: --drop-old (API: \
                     \"drop\": \"old\"), or --drop-new if nobody ever got the newer one"
                );
                Self::conflict("two_secrets_alive", detail)
            }
            TokensError::Journal(cause) => Self::audit_unavailable(&cause),
            TokensError::Store(cause) => Self::store_unavailable(&cause),
            TokensError::Stopping => Self::stopping(),
            TokensError::Random(_) => Self::internal(&error),
        }
    }
}

impl From<OperatorsError> for Problem {
    fn from(error: OperatorsError) -> Self {
        match error {
            OperatorsError::Invalid(mistakes) => {
                Self::invalid(mistakes.into_iter().map(said).collect())
            }
            OperatorsError::Unknown(id) => Self::unknown("operator", id.as_str()),
            OperatorsError::RevokedIsFinal(_) => {
                Self::conflict("operator_revoked", format!("{error}; create another one"))
            }
            OperatorsError::Journal(cause) => Self::audit_unavailable(&cause),
            OperatorsError::Store(cause) => Self::store_unavailable(&cause),
            OperatorsError::Stopping => Self::stopping(),
            OperatorsError::Random(_) => Self::internal(&error),
        }
    }
}

fn said(mistake: operators::OperatorRequestError) -> RequestError {
    RequestError { field: mistake.field.into(), problem: mistake.problem.into() }
}
