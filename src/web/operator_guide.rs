//! What the codes of the admin listener mean, which operators see and apps never.

use super::guide_row::{ErrorGuide, row};
use crate::domain::ErrorCode;

/// No operator token.
pub(super) const OPERATOR_TOKEN_MISSING: ErrorGuide = row(
    ErrorCode::OperatorTokenMissing,
    "The admin listener was asked for something without an operator token. Apps never see this.",
    "You asked the control plane: calls belong to the data plane, which `listen.proxy` names.",
    "Set IDEOGATE_OPERATOR_TOKEN or IDEOGATE_OPERATOR_TOKEN_FILE, or use the socket. A token is \
     sent as `Authorization: Bearer` and nowhere else.",
);

/// An operator token that opens nothing.
pub(super) const OPERATOR_TOKEN_INVALID: ErrorGuide = row(
    ErrorCode::OperatorTokenInvalid,
    "The operator token opens nothing. Mistyped, unknown, expired, disabled and revoked ones, and \
     the tokens of apps, get this same answer; the audit tells them apart.",
    "The token of an app opens the data plane only.",
    "`ideogate audit search --result refused` on the socket names the reason; `ideogate operator \
     rotate` gives a new secret.",
);

/// A role that is too small.
pub(super) const ROLE_MISSING: ErrorGuide = row(
    ErrorCode::RoleMissing,
    "The operator's role is too small for what was asked of the admin listener.",
    "This is between operators; apps never see it.",
    "The answer names the role. An admin can give it with `ideogate operator set-role`.",
);

/// Nobody is an operator.
pub(super) const OPERATORS_MISSING: ErrorGuide = row(
    ErrorCode::OperatorsMissing,
    "There are no operators yet, so the admin listener answers health and metrics alone.",
    "This is for operators; your calls go to the data plane.",
    "Make the first one over the socket: `ideogate operator create --name NAME --role ROLE`.",
);

/// A page of another origin.
pub(super) const ORIGIN_DENIED: ErrorGuide = row(
    ErrorCode::OriginDenied,
    "A browser asked the admin listener for a change on behalf of a page of another origin.",
    "Nothing here is meant to be called from other pages.",
    "Look at what page was open: it may have tried to use this browser against the gateway.",
);

/// No such path.
pub(super) const PATH_UNKNOWN: ErrorGuide = row(
    ErrorCode::PathUnknown,
    "The admin listener has no such path.",
    "Apps never see this; calls belong to the data plane, which `listen.proxy` names.",
    "`GET /api/openapi.json` lists the paths there are.",
);

/// Nothing of that name.
pub(super) const NAME_UNKNOWN: ErrorGuide = row(
    ErrorCode::NameUnknown,
    "An operator asked for something that does not exist. The answer's code names the kind, as in \
     `token_unknown`; the record keeps this one for all kinds, with that code as the reason.",
    "Apps never see this; calls belong to the data plane, which `listen.proxy` names.",
    "Look for the right name or id: `ideogate token list`, `operator list`, `env list`.",
);

/// The state of things is in the way.
pub(super) const STATE_CONFLICT: ErrorGuide = row(
    ErrorCode::StateConflict,
    "An operator asked for a change that the state of things does not allow. The answer's code says \
     which, as in `token_revoked`; the record keeps this one for all, with that code as the reason.",
    "Apps never see this; calls belong to the data plane, which `listen.proxy` names.",
    "The answer's `detail` says what is in the way, and what to do instead.",
);

/// Another host.
pub(super) const HOST_UNKNOWN: ErrorGuide = row(
    ErrorCode::HostUnknown,
    "The admin listener was asked under a host name that is not its own. This keeps web pages whose \
     name was pointed at its address away from it.",
    "Apps never see this; calls belong to the data plane, which `listen.proxy` names.",
    "Add the name to `admin_hosts` under `[listen]` if it is yours. Health is told under any name.",
);

/// What is not possible.
pub(super) const REQUEST_INVALID: ErrorGuide = row(
    ErrorCode::RequestInvalid,
    "An operator asked for something that can be read and is not possible.",
    "Apps never see this; calls belong to the data plane, which `listen.proxy` names.",
    "The answer's `mistakes` name each field with what would be right.",
);

/// Too many failed attempts.
pub(super) const TOO_MANY_ATTEMPTS: ErrorGuide = row(
    ErrorCode::TooManyAttempts,
    "Too many attempts to be an operator failed from this address, and this one failed too. A valid \
     token is let in all the same.",
    "This is for operators; calls are not concerned.",
    "Mend the token of whoever fails there; the record tells who and why. Behind a proxy all share \
     one address: see `[operators] attempts_per_minute`.",
);
