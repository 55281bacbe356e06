//! What each code means, and what to do about it: the one table behind `/_ideogate/errors` and
//! `docs/errors.md`.

use super::{
    guide_row::{ErrorGuide, row},
    operator_guide,
};
use crate::domain::ErrorCode;

impl ErrorGuide {
    /// Finds the explanation of a code.
    pub fn for_code(code: ErrorCode) -> Option<&'static Self> {
        ERROR_GUIDE.iter().find(|guide| guide.code == code)
    }
}

/// Every code with its explanation, in the order of [`ErrorCode::ALL`].
pub const ERROR_GUIDE: &[ErrorGuide] = &[
    row(
        ErrorCode::MalformedRequest,
        "The request cannot be read: its header, its JSON, its form or one field is not well formed. \
         Nothing was sent to Ideogram.",
        "Read `field` and `message`, and correct the request. If it says that `Upgrade` is not \
         offered, make the client speak HTTP/1.1 only (in Java: `HttpClient.Version.HTTP_1_1`).",
        "Nothing, unless every client fails alike: then look at what a proxy before the gateway \
         does to requests.",
    ),
    row(
        ErrorCode::AmbiguousRequest,
        "The request can be read in two ways, and the gateway does not guess what Ideogram would \
         read: a field is there twice, or its length is told twice.",
        "Send the field named in `field` once only, and let the HTTP library write lengths and hosts.",
        "If it comes from many clients, a proxy before the gateway adds the second one. If from one \
         unknown address, somebody may be trying request smuggling.",
    ),
    row(
        ErrorCode::AmbiguousCredentials,
        "`Api-Key` and `Authorization` carry different tokens, so it is not clear who calls.",
        "Send the token in one of the two, or the same in both.",
        "Look for a proxy or library that adds its own `Authorization`.",
    ),
    row(
        ErrorCode::TooManyPlaces,
        "The call asks for more images at once than could ever be in flight here, so it would wait \
         for ever.",
        "Ask for fewer images in one call and make more calls.",
        "Compare the account's `max_in_flight`, other environments' `reserved_places` and the \
         token's share of places with what the app needs.",
    ),
    row(
        ErrorCode::TokenMissing,
        "The request carries no token of this gateway.",
        "Send it as `Api-Key: idg_…` or `Authorization: Bearer idg_…`.",
        "Give the app a token: `ideogate token create`.",
    ),
    row(
        ErrorCode::TokenInvalid,
        "The token is not valid. Unknown, replaced, expired, disabled and revoked tokens get one same \
         answer, and the audit tells them apart. What has not the shape of a token is told so.",
        "Check that the whole token arrived, with nothing around it, and belongs to this gateway; then \
         ask your operator with the request id.",
        "`ideogate audit search --request-id ID` names the reason; `ideogate token create`, \
         `rotate` or `enable` mends it.",
    ),
    operator_guide::OPERATOR_TOKEN_MISSING,
    operator_guide::OPERATOR_TOKEN_INVALID,
    row(
        ErrorCode::BudgetExceeded,
        "The call could cost more than is left of a budget of the token, environment or account. \
         Nothing was sent and nothing is charged.",
        "Wait until `resets_at`, ask for less, or ask for a larger budget. Do not retry before.",
        "`ideogate usage --by token` shows who spent it; raise the budget named in the answer if \
         that was meant.",
    ),
    row(
        ErrorCode::BalanceExhausted,
        "Ideogram refused a call like this one because the account has no money left. The gateway \
         lets one call a minute through to see whether that changed.",
        "Nothing helps but patience: tell your operator.",
        "Top up the account at Ideogram, or turn on its automatic recharge.",
    ),
    row(
        ErrorCode::ScopeMissing,
        "The token is valid, but lacks the scope that this route needs.",
        "Ask for a token with the scope in `scope`; look at `/_ideogate/whoami` for what yours has.",
        "If the app should do this, create a token with that scope; the environment's `scopes` \
         limit what can be granted.",
    ),
    row(
        ErrorCode::PolicyDenied,
        "The route is allowed, but a value in the request is not: a model, a speed, a number of \
         images, a webhook host or an address outside the token's policy.",
        "Read `rule` and change that value.",
        "Compare the token's limits with what the app needs: `ideogate token show ID`.",
    ),
    row(
        ErrorCode::EnvironmentDenied,
        "The environment as a whole does not allow this, whatever its tokens were granted.",
        "Use a token of another environment.",
        "The limit is `[environments.NAME] scopes` in the settings; raise it only if all of the \
         environment's tokens may have it.",
    ),
    operator_guide::ROLE_MISSING,
    operator_guide::OPERATORS_MISSING,
    operator_guide::ORIGIN_DENIED,
    row(
        ErrorCode::WebhookRejected,
        "A webhook was not signed by the vendor's keys or by a secret of the gateway, came too late or too \
         early, or is of another vendor account. Nothing changed.",
        "Nothing: apps do not send these.",
        "Look at `reason` in the audit. A wrong time means that a clock is off; another user means that \
         the account's keys changed hands: set `user_id` of the account if that is right.",
    ),
    row(
        ErrorCode::RouteUnknown,
        "This path is not among the routes that the gateway forwards, or not any more since the call began to \
         wait. It is closed unless listed.",
        "Compare the path with Ideogram's documentation: a missing or doubled prefix is the usual \
         cause.",
        "`ideogate route list` shows what is open; a new route of Ideogram's can be added in the \
         operator's route file.",
    ),
    row(
        ErrorCode::GenerationUnknown,
        "There is no such generation of this token or its owner. Generations of others read as \
         unknown too.",
        "Poll with the token, or a token of the same owner, that started the generation.",
        "Give tokens that share work the same `--owner`.",
    ),
    row(
        ErrorCode::CallUnknown,
        "There is no such call of this token, or it is a read that has not ended: those are on record at their end.",
        "Use the id from the answer's headers, with the token that made the call.",
        "`ideogate audit search` finds the call under any token.",
    ),
    operator_guide::PATH_UNKNOWN,
    operator_guide::NAME_UNKNOWN,
    row(
        ErrorCode::MethodNotAllowed,
        "The path exists, but not with this method.",
        "Use one of the methods in `Allow`.",
        "Nothing. CONNECT comes from clients that take the gateway for a forward proxy.",
    ),
    row(
        ErrorCode::BodyTimeout,
        "The rest of the request did not arrive in time.",
        "Send it again over a better line, or send less.",
        "If many clients see it, something before the gateway holds bodies back; \
         `[door] body_idle_timeout` and `header_timeout` are the limits.",
    ),
    row(
        ErrorCode::CallInProgress,
        "An identical call is still being worked on, and its answer was not there within the time \
         this one could wait.",
        "Wait as long as `Retry-After` says and send the same request again: it gets the first \
         call's answer without a second bill.",
        "`ideogate queue status` shows whether calls are stuck.",
    ),
    operator_guide::STATE_CONFLICT,
    row(
        ErrorCode::BodyTooLarge,
        "The body is larger than this route takes.",
        "Send smaller or fewer pictures.",
        "The limit is the route's `body_cap`.",
    ),
    row(
        ErrorCode::UriTooLong,
        "Path and query together are longer than 8 KiB.",
        "Put long values into the body.",
        "Nothing: no route of Ideogram's needs so much.",
    ),
    row(
        ErrorCode::UnsupportedMediaType,
        "The route does not take a body of this content type, or of this charset or encoding.",
        "Send JSON in UTF-8 or a multipart form, as Ideogram documents for the route, uncompressed.",
        "If Ideogram takes it, add the kind to the route's `bodies`.",
    ),
    row(
        ErrorCode::ExpectationFailed,
        "`Expect` asks for something other than `100-continue`.",
        "Leave the field away.",
        "Look for a proxy that adds it.",
    ),
    operator_guide::HOST_UNKNOWN,
    operator_guide::REQUEST_INVALID,
    row(
        ErrorCode::IdempotencyKeyReused,
        "The `Idempotency-Key` came before with another request, so the kept answer is not the \
         answer to this one.",
        "Use a fresh key for each distinct request, and the same key only to repeat one.",
        "Nothing; the audit shows both requests under the token.",
    ),
    row(
        ErrorCode::RateLimited,
        "The token made more requests in a minute than it may. What the queue refused does not count, \
         and polls of what the token made itself count apart.",
        "Wait as long as `Retry-After` says, and spread requests; `RateLimit` tells what is left.",
        "The limit is the token's `--rate`, without one `tokens.default_rate`, or `requests_per_minute` of its environment's policy; \
         `rule` says which.",
    ),
    operator_guide::TOO_MANY_ATTEMPTS,
    row(
        ErrorCode::QueueFull,
        "So many calls wait already that no more are let wait. Nothing was sent.",
        "Wait as long as `Retry-After` says, and make fewer calls at once. It does not count against \
         the token's rate.",
        "`ideogate queue status` shows who waits. More places at Ideogram shorten the queue; \
         `[queue] capacity` lengthens it.",
    ),
    row(
        ErrorCode::QueueTimeout,
        "The call waited its time in the queue and no place came free, or it would clearly have \
         waited in vain. Nothing was sent, and it does not count against the token's rate.",
        "Read `rule` for what it waited for and `allowed_by` for who set the wait; allow a longer one \
         with `Ideogate-Queue-Timeout: 300s`, or try again when `Retry-After` says.",
        "`rule` is `account.max_in_flight` (Ideogram's cap), `environment.reserved_places` (free, but \
         held back for others) or `token.max_places` (the token's own `--max-places`). The wait is set \
         by `[queue] timeout`, the environment's `queue_timeout` and the token's `--queue-timeout`, up \
         to `[queue] max_timeout`; the environment's `weight` is its share of turns.",
    ),
    row(
        ErrorCode::HeadersTooLarge,
        "There are more than 64 header fields, or they are larger than 32 KiB.",
        "Send fewer or shorter fields; cookies are of no use here.",
        "Look for a proxy that adds many fields.",
    ),
    row(
        ErrorCode::ClientGone,
        "The client went away before its call was sent, most often while it waited in the queue. Nothing \
         was sent or billed. It stands on record only, for nobody is there to read it.",
        "Let the client's own timeout be longer than the wait that is allowed, or ask for a shorter wait \
         with `Ideogate-Queue-Timeout`.",
        "Many of them mean that apps give up earlier than the queue does: compare `queue_ms` on record \
         with their timeouts, and look for proxies in between that cut connections off.",
    ),
    row(
        ErrorCode::InternalError,
        "The gateway made a mistake. Whether something was sent is in the audit.",
        "Do not retry blindly: ask your operator with the request id.",
        "The log has the cause under this request id. Please report it.",
    ),
    row(
        ErrorCode::UpstreamUnreachable,
        "No connection to Ideogram could be made, so nothing was sent and nothing is charged.",
        "Try again in a while; that is safe.",
        "The log says whether the name, the network or the certificate fails.",
    ),
    row(
        ErrorCode::UpstreamRejectedKey,
        "Ideogram does not accept the gateway's own key. Your token is fine.",
        "Tell your operator; retrying cannot help.",
        "`ideogate key list` shows the key. Exchange its file and run `ideogate key rotate`; a key in a \
         variable needs a restart. While it is rejected, calls get `environment_unavailable`.",
    ),
    row(
        ErrorCode::UpstreamProtocolError,
        "Ideogram answered with something that must not be passed on, as a redirection or too \
         large an answer.",
        "Do not retry before your operator has looked: the call may be billed.",
        "The log names what came. A changed API or a wrong `base_url` are the usual causes.",
    ),
    row(
        ErrorCode::OutcomeUnknown,
        "The call was sent, and the connection ended before its outcome was known. It may be billed.",
        "Sending the identical request again within ten minutes is safe: it is not sent to \
         Ideogram a second time. Look at `/_ideogate/calls/{request_id}` for what is known.",
        "`ideogate audit search --result unknown` lists such calls; their places come back after \
         `place_ttl` or with `ideogate queue release CALL`.",
    ),
    row(
        ErrorCode::AuditUnavailable,
        "The record of the call cannot be written, and without a record nothing is sent.",
        "Try again after `Retry-After`; nothing was sent or charged.",
        "The log has the cause. Usually the disk under `data.dir` is full or failing.",
    ),
    row(
        ErrorCode::StoreUnavailable,
        "The gateway's database cannot be used at the moment.",
        "Try again after `Retry-After`; nothing was sent or charged.",
        "Look at the log and at the space and health of the disk.",
    ),
    row(
        ErrorCode::BodyBudgetExhausted,
        "Memory and disk for bodies are used up by other requests.",
        "Try again after `Retry-After`, with fewer large uploads at once.",
        "Raise `[bodies] memory`, `disk` or `per_token`, or free the disk down to `min_free`.",
    ),
    row(
        ErrorCode::EnvironmentUnavailable,
        "The token's environment cannot be used: it is switched off, is gone from the settings or has just moved to \
         another account, the gateway has no key for it, or Ideogram rejects that key.",
        "Try again after `Retry-After`; if it lasts, tell your operator. Other environments may work.",
        "Off or gone: the settings say so (`ideogate env show NAME`). Without a key: set it, as in \
         `IDEOGRAM_API_KEY` or `IDEOGRAM_API_KEY_PROD_FILE`, and start again. Rejected: exchange its file and run `ideogate key rotate`; it is asked about again \
         every 30 seconds at most.",
    ),
    row(
        ErrorCode::TooManyConnections,
        "More connections are open than the gateway keeps, in all or from this address.",
        "Keep connections open and use them again instead of opening one for each request.",
        "`[door] max_connections` and `max_connections_per_address` are the limits; list proxies \
         before the gateway in `trusted_proxies`.",
    ),
    row(
        ErrorCode::Draining,
        "The gateway is shutting down or restarting. What was not sent yet is refused, also while \
         its body is still coming; what was sent is finished.",
        "Try again after `Retry-After`; nothing was sent.",
        "Nothing, if a deployment is under way.",
    ),
    row(
        ErrorCode::Paused,
        "An operator has paused all calls, or those of the environment or its account; `reason` says why, and \
         `paused_until` until when, where that was said.",
        "Try again after `Retry-After`; nothing was sent.",
        "`ideogate resume`, with the same `--environment` or `--account`, when the reason for the pause is gone.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_has_its_row_in_order() {
        let rows: Vec<_> = ERROR_GUIDE.iter().map(|guide| guide.code).collect();
        assert_eq!(rows, ErrorCode::ALL);
    }

    #[test]
    fn no_row_says_nothing_or_the_same_as_another() {
        let mut seen = HashSet::new();
        for guide in ERROR_GUIDE {
            for text in [guide.meaning, guide.developer, guide.operator] {
                assert!(text.ends_with('.'), "{}: {text}", guide.code);
                assert!(text.len() > 7, "{}: {text}", guide.code);
            }
            assert!(seen.insert(guide.meaning), "{}", guide.code);
            assert!(seen.insert(guide.operator), "{}", guide.code);
        }
    }

    #[test]
    fn an_answer_that_may_be_retried_never_tells_the_developer_not_to() {
        for guide in ERROR_GUIDE.iter().filter(|guide| guide.code.is_retryable()) {
            assert!(!guide.developer.contains("Do not retry"), "{}", guide.code);
        }
    }
}
