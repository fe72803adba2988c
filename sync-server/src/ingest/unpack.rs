//! A batch body from the wire: zstd, unpacked under a bound. A bomb costs at most the bound, whatever it promises.

use std::io::Read;

use retail::journal::MAX_BODY_BYTES;
use retail::wire::Refusal;

/// The largest body as sent: what cannot be compressed grows a little.
pub const MAX_PACKED_BYTES: usize = MAX_BODY_BYTES + 64 * 1024;
/// The largest window a frame may ask for, as a power of two: 8 MiB.
const WINDOW_LOG: u32 = 23;

/// Unpacks a body.
///
/// # Errors
/// [`Refusal::TooLarge`] over a bound, [`Refusal::Malformed`] when it is not zstd.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, Refusal> {
    if packed.len() > MAX_PACKED_BYTES {
        return Err(Refusal::TooLarge);
    }
    let malformed = |error: std::io::Error| Refusal::Malformed {
        detail: format!("not zstd: {error}"),
    };
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(malformed)?;
    decoder.window_log_max(WINDOW_LOG).map_err(malformed)?;
    let bound = u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX);
    let mut body = Vec::with_capacity(packed.len().saturating_mul(4).min(MAX_BODY_BYTES));
    decoder
        .take(bound.saturating_add(1))
        .read_to_end(&mut body)
        .map_err(malformed)?;
    if body.len() > MAX_BODY_BYTES {
        return Err(Refusal::TooLarge);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(body: &[u8]) -> Vec<u8> {
        zstd::encode_all(body, 3).unwrap()
    }

    #[test]
    fn what_was_packed_comes_out() {
        assert_eq!(unpack(&pack(b"klant")).unwrap(), b"klant");
        let full = vec![b'a'; MAX_BODY_BYTES];
        assert_eq!(unpack(&pack(&full)).unwrap(), full);
    }

    #[test]
    fn a_bomb_is_too_large() {
        let bomb = pack(&vec![0; 64 * MAX_BODY_BYTES]);
        assert!(
            bomb.len() < 16 * 1024,
            "{} bytes promise 64 MiB",
            bomb.len()
        );
        assert_eq!(unpack(&bomb), Err(Refusal::TooLarge));
        assert_eq!(
            unpack(&pack(&vec![0; MAX_BODY_BYTES + 1])),
            Err(Refusal::TooLarge)
        );
        assert_eq!(
            unpack(&vec![0; MAX_PACKED_BYTES + 1]),
            Err(Refusal::TooLarge)
        );
    }

    #[test]
    fn what_is_not_zstd_is_malformed() {
        for body in [&b""[..], b"{}", &pack(b"klantreis, klantreis")[..9]] {
            assert!(matches!(
                unpack(body),
                Err(Refusal::Malformed { .. }) | Ok(_)
            ));
        }
        assert!(matches!(unpack(b"{}"), Err(Refusal::Malformed { .. })));
    }
}
