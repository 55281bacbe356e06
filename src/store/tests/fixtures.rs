//! Stores in temporary folders, and records to put into them.

use crate::{
    domain::{
        AuditRecord, Bundle, CLAIMED_FOR, CallId, Claim, ClaimKey, CloseCall, Effect, ErrorCode,
        Fingerprint, Generation, GenerationId, GenerationState, Intent, OpenCall, Outcome,
        OutcomeRecord, Principal, RecordBody, Refusal, RequestId, ScopeSet, SteeredClock,
        StoredToken, Timestamp, Token, TokenDigest, TokenId, TokenLimits, TokenSecret, TokenState,
        Usd,
    },
    store::{ChainHasher, Reader, Store, StoreOptions},
};
use std::{path::Path, sync::Arc, time::Duration};

/// A seal that is good enough to see whether the chain is linked.
#[derive(Debug)]
pub(crate) struct PlainSeal;

impl ChainHasher for PlainSeal {
    fn seal(&self, seq: u64, prev: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
        let mut hash = *prev;
        let text = [bytes, &seq.to_be_bytes()].concat();
        for (place, byte) in text.into_iter().enumerate() {
            let cell = &mut hash[place % 32];
            *cell = cell.wrapping_mul(31).wrapping_add(byte);
        }
        hash
    }

    fn genesis(&self) -> [u8; 32] {
        [7; 32]
    }
}

pub(crate) const NOON: Timestamp = Timestamp::from_micros(1_763_812_800_000_000);

pub(crate) fn options(dir: &Path) -> StoreOptions {
    StoreOptions {
        dir: dir.to_owned(),
        max_size: 0,
        seal: Arc::new(PlainSeal),
        clock: Arc::new(SteeredClock::at(NOON)),
        watch: Arc::new(crate::store::UnwatchedCommits),
    }
}

pub(crate) fn open(dir: &Path) -> Store {
    Store::open(options(dir)).unwrap()
}

/// An open call with everything in it that tests look at.
pub(crate) fn call(environment: &str) -> OpenCall {
    OpenCall {
        call: CallId::random(),
        account: "ideogram".parse().unwrap(),
        environment: environment.parse().unwrap(),
        token: TokenId::from_stored(format!("tok_{environment}")),
        route: "v3.generate".parse().unwrap(),
        places: 4,
        fingerprint: Fingerprint::from_bytes([9; 32]),
        reserved: Some(Usd::from_micros(240_000)),
        opened_at: NOON,
        owner: Some("marketing".into()),
        person: None,
        model: Some("V_3".into()),
        asked: 4,
    }
}

/// What every call in the tests claims: one key.
pub(crate) fn claim(call: &OpenCall, at: Timestamp) -> Claim {
    Claim {
        key: ClaimKey::from_bytes([8; 32]),
        token: call.token.clone(),
        fingerprint: call.fingerprint,
        call: call.call.clone(),
        claimed_at: at,
        expires_at: at.plus(CLAIMED_FOR),
    }
}

pub(crate) fn record(call: Option<&OpenCall>, body: RecordBody) -> AuditRecord {
    let token = call.map(|call| Principal::Token(call.token.clone()));
    AuditRecord {
        at: NOON,
        action: "ideogram.api.call".into(),
        principal: token.unwrap_or(Principal::Gateway),
        resource: "v3.generate".into(),
        call: call.map(|call| call.call.clone()),
        request: call.map(|call| RequestId::from_stored(format!("req_of_{}", call.call))),
        body,
    }
}

pub(crate) fn intent(call: &OpenCall) -> AuditRecord {
    let intent = Intent {
        token: call.token.clone(),
        environment: call.environment.clone(),
        account: call.account.clone(),
        route: call.route.clone(),
        on_behalf_of: None,
        places: call.places,
        reserved: call.reserved,
        price_version: None,
        fingerprint: call.fingerprint,
        key_version: "…abcd".into(),
        client_addr: "127.0.0.1".into(),
        model: None,
        speed: None,
        webhook_host: None,
        queue_ms: 3,
        secret: None,
        user: call.person.clone(),
        owner: call.owner.clone(),
        opened_at: Some(call.opened_at),
    };
    record(Some(call), RecordBody::Intent(Box::new(intent)))
}

pub(crate) fn outcome(call: &OpenCall, outcome: Outcome) -> Bundle {
    // What an unknown call cost is not known, so its money stays reserved.
    let charged = (outcome != Outcome::Unknown).then(|| Usd::from_micros(60_000));
    let body = OutcomeRecord {
        outcome,
        reason: None,
        status: Some(200),
        upstream_status: Some(200),
        charged,
        images: 1,
        unsafe_images: 0,
        generations: Vec::new(),
        upstream_ms: 900,
        gateway_ms: 1,
        key_redacted: false,
        user: None,
        code: None,
        of: None,
    };
    let closed = CloseCall {
        call: call.call.clone(),
        outcome,
        charged,
        closed_at: NOON.plus(Duration::from_secs(1)),
        images: 1,
        places_until: (outcome == Outcome::Unknown).then(|| NOON.plus(Duration::from_mins(2))),
    };
    Bundle::record(record(Some(call), RecordBody::Outcome(Box::new(body))))
        .with(Effect::CloseCall(Box::new(closed)))
}

pub(crate) fn refusal(reason: &str) -> AuditRecord {
    let refusal = Refusal {
        code: ErrorCode::TokenInvalid,
        status: 401,
        reason: reason.into(),
        token: None,
        environment: None,
        route: None,
        on_behalf_of: None,
        places: 0,
        queue_ms: 0,
        client_addr: "127.0.0.1".into(),
        secret: None,
        user: None,
        owner: None,
    };
    record(None, RecordBody::Refusal(Box::new(refusal)))
}

pub(crate) fn token(id: &str) -> Effect {
    let token = Token {
        id: TokenId::from_stored(id),
        name: "shop".into(),
        owner: None,
        environment: "prod".parse().unwrap(),
        scopes: ScopeSet::default(),
        state: TokenState::Enabled,
        created_at: NOON,
        unlimited: false,
        extra: None,
        revoked_at: None,
        expires_at: NOON.plus(Duration::from_hours(1)),
        limits: TokenLimits::default(),
        metadata: [("team".to_owned(), "shop".to_owned())].into(),
    };
    Effect::SaveToken(Box::new(StoredToken { token }))
}

pub(crate) fn secret(token: &str, number: u8) -> Effect {
    let digest = TokenDigest::from_bytes([number; 32]);
    let secret = TokenSecret { number: number.into(), digest, made_at: NOON, ends_at: None };
    Effect::SaveSecret(TokenId::from_stored(token), Box::new(secret))
}

pub(crate) fn generation(id: &str, call: &OpenCall) -> Generation {
    Generation {
        id: GenerationId::new(id),
        call: call.call.clone(),
        account: call.account.clone(),
        environment: call.environment.clone(),
        owner: Some("team".into()),
        token: call.token.clone(),
        route: call.route.clone(),
        places: 2,
        submitted_at: NOON,
        places_until: NOON.plus(Duration::from_mins(10)),
        state: GenerationState::Pending,
    }
}

/// Asserts that the chain is contiguous, linked and ends where it says, and returns its kinds.
pub(crate) fn assert_chain(reader: &Reader) -> Vec<String> {
    let scanned = reader.scan(|extent, rows| {
        let mut last = (0, PlainSeal.genesis());
        let mut kinds = Vec::new();
        for row in rows {
            let row = row.unwrap();
            assert_eq!(row.seq, last.0 + 1);
            assert_eq!(row.prev_hash, last.1);
            let hash = PlainSeal.seal(row.seq.cast_unsigned(), &last.1, &row.bytes);
            assert_eq!(row.hash, hash);
            last = (row.seq, hash);
            kinds.push(row.kind);
        }
        assert_eq!(extent.head.seq, last.0.cast_unsigned());
        kinds
    });
    scanned.unwrap()
}
