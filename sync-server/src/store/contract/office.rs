//! Shops, codes, tills, owners, sessions, problems.

use retail::ids::TillId;

use crate::store::rows::{OwnerRow, SessionRow, Shop, Till, Traffic};
use crate::store::{Store, read, write};

/// A till that can be added.
pub(super) fn till(number: u16) -> Till {
    Till {
        till: TillId::new(number).unwrap(),
        shop: "utrecht".to_owned(),
        name: format!("Kassa {number}"),
        public_key: [7; 32],
        enrolled_ms: 5,
        revoked_ms: None,
        traffic: Traffic::default(),
    }
}

/// A shop that can be added.
pub(super) fn shop() -> Shop {
    Shop {
        id: "utrecht".to_owned(),
        name: "Oudegracht".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
    }
}

pub(super) fn check(store: &dyn Store) {
    write(store, |tables| {
        assert!(tables.add_shop(&shop())?);
        assert!(!tables.add_shop(&shop())?, "an id is given once");
        assert_eq!(tables.shops()?, vec![shop()]);
        assert_eq!(tables.shop("elders")?, None);
        Ok(())
    })
    .unwrap();
    codes_and_tills(store);
    owners(store);
    problems(store);
}

fn codes_and_tills(store: &dyn Store) {
    write(store, |tables| {
        tables.add_code(&[1; 32], "utrecht", 100)?;
        assert_eq!(
            tables.shop_of_code(&[1; 32], 99)?.as_deref(),
            Some("utrecht")
        );
        assert_eq!(tables.shop_of_code(&[1; 32], 100)?, None, "too old");
        assert_eq!(tables.shop_of_code(&[2; 32], 0)?, None);
        let first = tables.free_till()?.unwrap();
        assert_eq!(first.get(), 1);
        tables.add_till(&till(1))?;
        tables.use_code(&[1; 32], first)?;
        assert_eq!(tables.shop_of_code(&[1; 32], 99)?, None, "used");
        assert_eq!(tables.free_till()?.unwrap().get(), 2);
        tables.add_till(&till(999))?;
        assert_eq!(tables.free_till()?, None, "numbers are never given again");
        Ok(())
    })
    .unwrap();
    let traffic = Traffic {
        events: 3,
        duplicates: 2,
        forked: 1,
        dropped_late: 4,
        last_batch_ms: Some(9),
        last_seen_ms: Some(10),
        clock_offset_ms: Some(-5),
        last_event_ms: Some(8),
        last_receipt: Some(1_010_000_001),
    };
    let one = TillId::new(1).unwrap();
    write(store, |tables| {
        tables.set_traffic(one, &traffic)?;
        assert!(tables.revoke_till(one, 50)?);
        assert!(tables.revoke_till(one, 60)?, "again is no error");
        assert!(!tables.revoke_till(TillId::new(5).unwrap(), 50)?);
        Ok(())
    })
    .unwrap();
    let kept = read(store, |tables| tables.till(one)).unwrap().unwrap();
    assert_eq!(kept.traffic, traffic);
    assert_eq!(kept.revoked_ms, Some(50), "the first revocation stays");
    write(store, |tables| {
        assert!(tables.allow_till(one)?);
        assert!(tables.allow_till(one)?, "again is no error");
        assert!(!tables.allow_till(TillId::new(5).unwrap())?);
        Ok(())
    })
    .unwrap();
    let kept = read(store, |tables| tables.till(one)).unwrap().unwrap();
    assert_eq!((kept.revoked_ms, kept.traffic), (None, traffic));
    assert_eq!(read(store, |tables| tables.tills()).unwrap().len(), 2);
}

fn owners(store: &dyn Store) {
    let mut owner = OwnerRow {
        name: "Sara".to_owned(),
        password: "$argon2id$".to_owned(),
        shops: Some(vec!["utrecht".to_owned()]),
    };
    let session = SessionRow {
        token: [3; 32],
        owner: "Sara".to_owned(),
        csrf: "c".to_owned(),
        created_ms: 10,
        expires_ms: 20,
    };
    write(store, |tables| {
        tables.put_owner(&owner)?;
        tables.add_session(&session)?;
        assert_eq!(tables.session(&[3; 32], 19)?, Some(session.clone()));
        assert_eq!(tables.session(&[3; 32], 20)?, None, "over");
        owner.shops = None;
        tables.put_owner(&owner)?;
        assert_eq!(tables.owner("Sara")?, Some(owner.clone()));
        assert_eq!(tables.owner("sara")?, None);
        assert_eq!(
            tables.session(&[3; 32], 19)?,
            None,
            "a new password ends sessions"
        );
        tables.add_session(&session)?;
        tables.drop_session(&[3; 32])?;
        assert_eq!(tables.session(&[3; 32], 11)?, None);
        let anna = OwnerRow {
            name: "Anna".to_owned(),
            ..owner.clone()
        };
        tables.put_owner(&anna)?;
        assert_eq!(tables.owners()?, [anna.clone(), owner.clone()], "by name");
        tables.add_session(&session)?;
        assert!(tables.remove_owner("Sara")?);
        assert_eq!(tables.session(&[3; 32], 11)?, None, "his sessions are over");
        assert!(!tables.remove_owner("Sara")?);
        assert_eq!(tables.owners()?, [anna]);
        Ok(())
    })
    .unwrap();
}

fn problems(store: &dyn Store) {
    let detail = serde_json::json!({ "line": 2 });
    let till = TillId::new(1).ok();
    write(store, |tables| {
        assert!(tables.add_problem("a", "fork", 1, till, &detail)?);
        assert!(!tables.add_problem("a", "fork", 2, till, &detail)?, "once");
        assert!(tables.add_problem("b", "clock", 3, None, &detail)?);
        let open = tables.problems(10)?;
        assert_eq!(open.len(), 2);
        assert_eq!(open[0].kind, "clock", "newest first");
        assert_eq!(open[1].detail, detail);
        assert!(tables.resolve_problem(open[0].id, 9)?);
        assert!(!tables.resolve_problem(open[0].id, 9)?);
        assert_eq!(tables.problems(10)?.len(), 1);
        Ok(())
    })
    .unwrap();
}
