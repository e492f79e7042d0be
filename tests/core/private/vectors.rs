//! The published vectors, and a whole exchange, with the crates and with the types of the wire.

use super::ends::{Given, Hex};
use bytes::BytesMut;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce, Tag};
use hkdf::Hkdf;
use hkdf::hmac::{Hmac, Mac as _};
use pakery_core::crypto::CpaceGroup as _;
use pakery_core::encoding::lv_cat;
use pakery_cpace::generator::calculate_generator;
use pakery_cpace::{CpaceInitiator, CpaceMode, CpaceResponder};
use pakery_crypto::{CpaceRistretto255, Ristretto255Group};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256, Sha512};
use std::collections::BTreeMap;
use std::path::Path;
use tictalk::wire::{
    Agreement, ClientOpening, LineKey, MAX_PRIVATE, SecretChoice, ServerOpening, take_frame,
};
use tictalk::words::{self, Code};

fn vectors<T: DeserializeOwned>(name: &str) -> T {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/private");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[derive(Deserialize)]
struct GroupVectors {
    multiples: Vec<Hex>,
    invalid: Vec<Hex>,
    uniform: Vec<Uniform>,
}

#[derive(Deserialize)]
struct Uniform {
    bytes: Hex,
    element: Hex,
}

#[test]
fn the_group_is_that_of_rfc_9496() {
    let group: GroupVectors = vectors("ristretto255.json");
    assert_eq!(group.multiples.len(), 16);
    let base = Ristretto255Group::from_bytes(&group.multiples[1].0).unwrap();
    let mut sum = base.add(&base.negate());
    for multiple in &group.multiples {
        assert_eq!(sum.to_bytes(), multiple.0);
        sum = sum.add(&base);
    }
    assert_eq!(group.invalid.len(), 29);
    for invalid in &group.invalid {
        assert!(Ristretto255Group::from_bytes(&invalid.0).is_err());
    }
    for Uniform { bytes, element } in &group.uniform {
        let derived = Ristretto255Group::from_uniform_bytes(&bytes.0).unwrap();
        assert_eq!(derived.to_bytes(), element.0);
    }
}

#[derive(Deserialize)]
struct CpaceVectors {
    run: CpaceRun,
    valid: Vec<ValidPoint>,
    invalid: Vec<Hex>,
}

/// The names are those of the draft.
#[derive(Deserialize)]
#[expect(non_snake_case, reason = "the names are those of the draft")]
struct CpaceRun {
    PRS: Hex,
    CI: Hex,
    sid: Hex,
    g: Hex,
    ya: Hex,
    ADa: Hex,
    Ya: Hex,
    yb: Hex,
    ADb: Hex,
    Yb: Hex,
    ISK_IR: Hex,
}

#[derive(Deserialize)]
struct ValidPoint {
    scalar: Hex,
    point: Hex,
    product: Hex,
}

type Initiator = CpaceInitiator<CpaceRistretto255>;
type Responder = CpaceResponder<CpaceRistretto255>;

const MODE: CpaceMode = CpaceMode::InitiatorResponder;

impl CpaceRun {
    fn initiator(&self) -> (Vec<u8>, pakery_cpace::InitiatorState<CpaceRistretto255>) {
        let mut rng = Given::new(Given::scalar(&self.ya.0));
        Initiator::start(&self.PRS.0, &self.CI.0, &self.sid.0, &self.ADa.0, &mut rng).unwrap()
    }

    fn responder(
        &self,
        share: &[u8],
    ) -> Result<(Vec<u8>, pakery_cpace::CpaceOutput), pakery_cpace::CpaceError> {
        let mut rng = Given::new(Given::scalar(&self.yb.0));
        let Self { PRS, CI, sid, .. } = self;
        Responder::respond(
            share,
            &PRS.0,
            &CI.0,
            &sid.0,
            &self.ADa.0,
            &self.ADb.0,
            MODE,
            &mut rng,
        )
    }
}

#[test]
fn the_exchange_is_that_of_the_draft() {
    let CpaceVectors { run, .. } = vectors("cpace.json");
    let generator = calculate_generator::<CpaceRistretto255>(&run.PRS.0, &run.CI.0, &run.sid.0);
    assert_eq!(generator.unwrap().to_bytes(), run.g.0);
    let (share, initiator) = run.initiator();
    assert_eq!(share, run.Ya.0);
    let (share, output) = run.responder(&share).unwrap();
    assert_eq!(share, run.Yb.0);
    assert_eq!(output.isk.as_bytes(), run.ISK_IR.0);
    let output = initiator.finish(&share, &run.ADb.0, MODE).unwrap();
    assert_eq!(output.isk.as_bytes(), run.ISK_IR.0);
}

#[test]
fn points_that_are_not_valid_end_the_exchange() {
    let CpaceVectors {
        run,
        valid,
        invalid,
    } = vectors("cpace.json");
    for ValidPoint {
        scalar,
        point,
        product,
    } in &valid
    {
        let wide = Given::scalar(&scalar.0);
        let scalar = Ristretto255Group::scalar_from_wide_bytes(&wide).unwrap();
        let point = Ristretto255Group::from_bytes(&point.0).unwrap();
        assert_eq!(point.scalar_mul(&scalar).to_bytes(), product.0);
    }
    let group: GroupVectors = vectors("ristretto255.json");
    assert_eq!(invalid.len(), 2);
    for share in invalid.iter().chain(&group.invalid) {
        assert!(run.responder(&share.0).is_err());
        let (_, initiator) = run.initiator();
        assert!(initiator.finish(&share.0, &run.ADb.0, MODE).is_err());

        // The same by the types of the wire, which do not count it as a guess.
        let mut rng = rng();
        let (client, open) = ClientOpening::new(&[], &mut rng);
        let server = ServerOpening::read(&payload(open)).unwrap();
        let (server, offer) = server.offer(SecretChoice::Code, b"code", &mut rng).unwrap();
        let mut offer = payload(offer);
        offer[18..].copy_from_slice(&share.0);
        let client = client.read(&offer).unwrap();
        let error = client.answer(b"code", &mut rng).map(|_| ()).unwrap_err();
        assert_eq!(error, tictalk::wire::PrivateError::Malformed);
        let answer = [&share.0[..], &[0; 64]].concat();
        let error = server.confirm(&answer).map(|_| ()).unwrap_err();
        assert_eq!(error, tictalk::wire::PrivateError::Malformed);
    }
}

fn rng() -> impl rand_core::CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

fn payload(mut message: BytesMut) -> BytesMut {
    let payload = take_frame(&mut message, MAX_PRIVATE).unwrap().unwrap();
    assert!(message.is_empty());
    payload
}

#[derive(Deserialize)]
struct HkdfVectors {
    vectors: Vec<HkdfVector>,
}

#[derive(Deserialize)]
struct HkdfVector {
    ikm: Hex,
    salt: Hex,
    info: Hex,
    okm: Hex,
}

#[test]
fn keys_are_derived_by_hkdf() {
    let HkdfVectors { vectors } = vectors("hkdf_sha512.json");
    assert_eq!(vectors.len(), 75);
    for HkdfVector {
        ikm,
        salt,
        info,
        okm,
    } in &vectors
    {
        let salt = Some(&salt.0[..]).filter(|salt| !salt.is_empty());
        let mut derived = vec![0; okm.0.len()];
        let hkdf = Hkdf::<Sha512>::new(salt, &ikm.0);
        hkdf.expand(&info.0, &mut derived).unwrap();
        assert_eq!(derived, okm.0);
    }
}

#[derive(Deserialize)]
struct SealVectors {
    valid: Vec<SealVector>,
    invalid: Vec<SealVector>,
}

#[derive(Deserialize)]
struct SealVector {
    key: Hex,
    nonce: Hex,
    aad: Hex,
    text: Hex,
    sealed: Hex,
    tag: Hex,
}

impl SealVector {
    fn open(&self) -> Option<Vec<u8>> {
        let mut text = self.sealed.0.clone();
        cipher(&self.key)
            .decrypt_inout_detached(
                &Nonce::from(self.nonce.array()),
                &self.aad.0,
                text.as_mut_slice().into(),
                &Tag::from(self.tag.array()),
            )
            .ok()
            .map(|()| text)
    }
}

fn cipher(key: &Hex) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(key.array()))
}

#[test]
fn records_are_sealed_by_chacha20_poly1305() {
    let SealVectors { valid, invalid } = vectors("chacha20_poly1305.json");
    assert!(valid.len() > 200);
    for vector in &valid {
        assert_eq!(vector.open().unwrap(), vector.text.0);
        let mut sealed = vector.text.0.clone();
        let tag = cipher(&vector.key)
            .encrypt_inout_detached(
                &Nonce::from(vector.nonce.array()),
                &vector.aad.0,
                sealed.as_mut_slice().into(),
            )
            .unwrap();
        assert_eq!(
            (sealed, &tag[..]),
            (vector.sealed.0.clone(), &vector.tag.0[..])
        );
    }
    assert!(invalid.len() >= 60);
    assert!(invalid.iter().all(|vector| vector.open().is_none()));
}

#[derive(Deserialize)]
struct ExchangeVectors {
    exchanges: Vec<ExchangeVector>,
}

#[derive(Deserialize)]
struct ExchangeVector {
    code: Option<String>,
    choice: usize,
    prs: Hex,
    ci: Hex,
    client_keys: Vec<Hex>,
    server_keys: Vec<Hex>,
    client_random: Hex,
    client_filler: Vec<Hex>,
    client_scalar: Hex,
    server_random: Hex,
    server_scalar: Hex,
    hints: Vec<Hex>,
    open: Hex,
    offer: Hex,
    answer: Hex,
    confirmation: Hex,
    sid: Hex,
    generator: Hex,
    isk: Hex,
    mac_key: Hex,
    extracted: Hex,
    key: Hex,
    check_bytes: Hex,
    fingerprint_bytes: Hex,
    check: String,
    fingerprint: String,
    client_records: DirectionVector,
    server_records: DirectionVector,
}

#[derive(Deserialize)]
struct DirectionVector {
    chain: Hex,
    key: Hex,
    next_chain: Hex,
    next_key: Hex,
    records: BTreeMap<u64, RecordVector>,
}

/// A long record is given by its digest.
#[derive(Deserialize)]
#[serde(untagged)]
enum RecordVector {
    Whole {
        text: Hex,
        record: Hex,
    },
    Digest {
        text_sha256: Hex,
        record_sha256: Hex,
    },
}

fn line_keys(keys: &[Hex]) -> Vec<LineKey> {
    keys.iter().map(|key| LineKey::new(key.array())).collect()
}

fn derive<const N: usize>(hkdf: &Hkdf<Sha512>, info: &str) -> Vec<u8> {
    let mut derived = [0; N];
    hkdf.expand(info.as_bytes(), &mut derived).unwrap();
    derived.to_vec()
}

impl ExchangeVector {
    /// What both ends of the wire make of the random numbers. Checks all messages.
    fn agree(&self) -> (Agreement, Agreement) {
        let client_keys = line_keys(&self.client_keys);
        let server_keys = line_keys(&self.server_keys);
        // The client draws a hint for a key too, and does not use it.
        let unused = vec![Hex(vec![0; 16]); client_keys.len()];
        let fillers = unused.iter().chain(&self.client_filler);
        let mut client_rng = Given::new(
            [
                self.client_random.0.clone(),
                fillers.flat_map(|filler| filler.0.clone()).collect(),
                Given::scalar(&self.client_scalar.0),
            ]
            .concat(),
        );
        let mut server_rng = Given::new(
            [
                self.server_random.0.clone(),
                Given::scalar(&self.server_scalar.0),
            ]
            .concat(),
        );
        let (client, open) = ClientOpening::new(&client_keys, &mut client_rng);
        assert_eq!(payload(open), self.open.0);
        let server = ServerOpening::read(&self.open.0).unwrap();
        let choice = match server.find(&server_keys) {
            Some((choice, _)) => choice,
            None => SecretChoice::Code,
        };
        let (server, offer) = server.offer(choice, &self.prs.0, &mut server_rng).unwrap();
        assert_eq!(payload(offer), self.offer.0);
        let client = client.read(&self.offer.0).unwrap();
        let expected = match self.choice {
            0 => SecretChoice::Code,
            place => SecretChoice::Key(place - 1),
        };
        assert_eq!(client.choice(), expected);
        let (client, answer) = client.answer(&self.prs.0, &mut client_rng).unwrap();
        assert_eq!(payload(answer), self.answer.0);
        let (server, confirmation) = server.confirm(&self.answer.0).unwrap();
        assert_eq!(payload(confirmation), self.confirmation.0);
        assert!(client_rng.is_used_up() && server_rng.is_used_up());
        (client.confirm(&self.confirmation.0).unwrap(), server)
    }

    /// Computes the numbers on the way, which the types of the wire keep to themselves.
    fn check_numbers(&self) {
        let random = [&self.client_random.0[..], &self.server_random.0[..]].concat();
        assert_eq!(random, self.sid.0);
        let prs = match (&self.code, self.choice) {
            (Some(code), 0) => code.as_bytes(),
            (_, place) => &self.client_keys[place - 1].0[..],
        };
        assert_eq!(prs, self.prs.0);
        for (key, hint) in self.client_keys.iter().zip(&self.hints) {
            let input = [b"tictalk hint", &key.0[..], &self.client_random.0].concat();
            assert_eq!(Sha256::digest(input)[..16], hint.0);
        }
        let generator = calculate_generator::<CpaceRistretto255>(prs, &self.ci.0, &self.sid.0);
        assert_eq!(generator.unwrap().to_bytes(), self.generator.0);

        let (ada, ya) = self.offer.0.split_at(18);
        let (yb, tag_b) = self.answer.0.split_at(32);
        let mut rng = Given::new(Given::scalar(&self.server_scalar.0));
        let (_, server) = Initiator::start(prs, &self.ci.0, &self.sid.0, ada, &mut rng).unwrap();
        let output = server.finish(yb, &self.open.0, MODE).unwrap();
        assert_eq!(output.isk.as_bytes(), self.isk.0);

        let mac_key = [b"CPaceMac", &self.sid.0[..], &self.isk.0].concat();
        assert_eq!(Sha512::digest(mac_key)[..], self.mac_key.0);
        for (share, ad, tag) in [
            (ya, ada, &self.confirmation.0[..]),
            (yb, &self.open.0, tag_b),
        ] {
            let padded = [&self.mac_key.0[..], &[0; 64]].concat();
            let padded: [u8; 128] = padded[..].try_into().unwrap();
            let mac = Hmac::<Sha512>::new(&padded.into()).chain_update(lv_cat(&[share, ad]));
            assert_eq!(mac.finalize().into_bytes()[..], *tag);
        }

        let (extracted, hkdf) = Hkdf::<Sha512>::extract(Some(&self.sid.0), &self.isk.0);
        assert_eq!(extracted[..], self.extracted.0);
        assert_eq!(
            derive::<64>(&hkdf, "tictalk client records"),
            self.client_records.chain.0
        );
        assert_eq!(
            derive::<64>(&hkdf, "tictalk server records"),
            self.server_records.chain.0
        );
        assert_eq!(derive::<8>(&hkdf, "tictalk check"), self.check_bytes.0);
        if self.choice == 0 {
            assert_eq!(derive::<32>(&hkdf, "tictalk key"), self.key.0);
        }
        for records in [&self.client_records, &self.server_records] {
            let hkdf = Hkdf::<Sha512>::new(None, &records.chain.0);
            assert_eq!(derive::<32>(&hkdf, "tictalk record key"), records.key.0);
            assert_eq!(
                derive::<64>(&hkdf, "tictalk next chain"),
                records.next_chain.0
            );
            let hkdf = Hkdf::<Sha512>::new(None, &records.next_chain.0);
            assert_eq!(
                derive::<32>(&hkdf, "tictalk record key"),
                records.next_key.0
            );
        }
    }
}

impl DirectionVector {
    /// Seals and opens the records up to the last one, also over the change of the key.
    fn check(&self, from: &mut Agreement, to: &mut Agreement) {
        let last = *self.records.keys().next_back().unwrap();
        assert_eq!(last, 65_537);
        for number in 0..=last {
            let (text, record) = match self.records.get(&number) {
                None => (b"filler".to_vec(), None),
                Some(RecordVector::Whole { text, record }) => (text.0.clone(), Some(&record.0)),
                Some(RecordVector::Digest {
                    text_sha256,
                    record_sha256,
                }) => {
                    let text: Vec<u8> = (0..=255).cycle().take(16_384).collect();
                    assert_eq!(Sha256::digest(&text)[..], text_sha256.0);
                    let mut sealed = BytesMut::new();
                    from.line.writer.seal(&text, &mut sealed);
                    assert_eq!(Sha256::digest(&sealed)[..], record_sha256.0);
                    check_opened(to, &sealed, &text);
                    continue;
                }
            };
            let mut sealed = BytesMut::new();
            match text.is_empty() {
                true => from.line.writer.close(&mut sealed),
                false => from.line.writer.seal(&text, &mut sealed),
            }
            assert!(record.is_none_or(|record| sealed == record[..]), "{number}");
            check_opened(to, &sealed, &text);
        }
        assert!(to.line.reader.is_closed());
        to.line.reader.end().unwrap();
    }
}

fn check_opened(to: &mut Agreement, record: &[u8], text: &[u8]) {
    let mut inbox = BytesMut::new();
    to.line.reader.received().extend_from_slice(record);
    to.line.reader.open(&mut inbox).unwrap();
    assert_eq!(inbox, text);
}

/// Another program has computed the numbers, from the protocol alone.
#[test]
fn an_exchange_has_the_numbers_of_another_program() {
    let ExchangeVectors { exchanges } = vectors("exchange.json");
    let choices: Vec<usize> = exchanges.iter().map(|exchange| exchange.choice).collect();
    assert_eq!(choices, [0, 2]);
    for vector in &exchanges {
        vector.check_numbers();
        let (mut client, mut server) = vector.agree();
        for end in [&client, &server] {
            assert_eq!(end.check[..], vector.check_bytes.0);
            assert_eq!(words::spoken(&end.check), vector.check);
        }
        // After an exchange by a key, that key remains.
        let key = LineKey::new(vector.key.array());
        if vector.choice == 0 {
            assert_eq!(client.key, key);
            assert_eq!(server.key, key);
        } else {
            assert_eq!(vector.key, vector.client_keys[vector.choice - 1]);
        }
        assert_eq!(key.fingerprint()[..], vector.fingerprint_bytes.0);
        assert_eq!(words::spoken(&key.fingerprint()), vector.fingerprint);
        vector.client_records.check(&mut client, &mut server);
        vector.server_records.check(&mut server, &mut client);
    }
}

/// The code of the vectors is one that people could hear.
#[test]
fn the_code_of_the_vectors_is_a_code() {
    let ExchangeVectors { exchanges } = vectors("exchange.json");
    let codes: Vec<&String> = exchanges
        .iter()
        .filter_map(|one| one.code.as_ref())
        .collect();
    assert!(!codes.is_empty());
    for code in codes {
        assert_eq!(code.parse::<Code>().unwrap().as_str(), code);
    }
}
