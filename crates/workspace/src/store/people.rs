//! People who may use a store, their sessions, and what everybody did.
//!
//! Passwords are kept as Argon2id hashes with a salt of their own, tokens of sessions as SHA-256: who
//! reads the database can log in as nobody. A session ends after twelve hours (`{later}` of `database`), when its person logs out,
//! is given another role or password, or is removed.
//! Not here: attempts that are slowed down, cookies (`crate::login`).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::login::hexadecimal;

use super::database::{Database, Row};
use super::{Store, StoreError, named, usable};

/// Shortest and longest password, in characters.
const PASSWORD: (usize, usize) = (12, 200);
/// Lines of the audit that are given at a time.
const PAGE: i64 = 200;

/// What somebody may do; each role includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look, and try out what is not kept.
    Viewer,
    /// Save and run.
    Analyst,
    /// Manage users, read the audit.
    Administrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Analyst, Self::Administrator];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Administrator => "administrator",
        }
    }

    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonEntry {
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// When they were added, UTC.
    pub created: String,
    /// When they last logged in, UTC; empty when never, or when that session has ended.
    pub seen: String,
}

/// What a store knows of somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The store has no users.
    NoUsers,
    /// It has, and this is none of them.
    Nobody,
    /// One of them.
    Person(Person),
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Identity, growing with time.
    pub id: i64,
    /// When, UTC.
    pub at: String,
    /// Who.
    pub person: String,
    /// What.
    pub what: String,
    /// To what.
    pub subject: String,
}

/// A password as it is kept, after a look at its length.
///
/// # Errors
/// When it is too short, too long, or is the name.
pub fn hash(name: &str, password: &str) -> Result<String, StoreError> {
    let (least, most) = PASSWORD;
    let refuse = |why: String| Err(StoreError::Password(why));
    if !(least..=most).contains(&password.chars().count()) {
        return refuse(format!("a password has {least} to {most} characters"));
    }
    if password.to_lowercase().contains(&name.to_lowercase()) && name.len() * 2 > password.len() {
        return refuse("the password is little more than the name".to_owned());
    }
    hashed(password)
}

fn hashed(password: &str) -> Result<String, StoreError> {
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| StoreError::Password(error.to_string()))
}

/// Whether a password is the one that was hashed.
fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn checksum(token: &str) -> String {
    hexadecimal(&Sha256::digest(token.as_bytes()))
}

/// Adds a line to the audit.
pub(super) fn note(
    database: &mut Database,
    person: &str,
    what: &str,
    subject: &str,
) -> Result<(), StoreError> {
    database.query(
        "INSERT INTO audit (at, person, what, subject) VALUES ({now}, ?1, ?2, ?3)",
        &[person.into(), what.into(), subject.into()],
    )?;
    Ok(())
}

fn to_person(row: &Row) -> Person {
    // A word that a later program wrote gives the least.
    let role = Role::from_word(&row.string(1)).unwrap_or(Role::Viewer);
    Person { name: row.string(0), role }
}

fn person_id(database: &mut Database, name: &str) -> Result<i64, StoreError> {
    let rows = database.query("SELECT id FROM person WHERE name = ?1", &[name.into()])?;
    rows.first().map(|row| row.number(0)).ok_or(StoreError::Missing("user"))
}

fn count(database: &mut Database, condition: &str) -> Result<i64, StoreError> {
    Ok(database.query(&format!("SELECT count(*) FROM person {condition}"), &[])?[0].number(0))
}

/// Refuses what has left users without an administrator.
fn governed(database: &mut Database) -> Result<(), StoreError> {
    let administrators = count(database, "WHERE role = 'administrator'")?;
    if administrators == 0 && count(database, "")? > 0 {
        return Err(StoreError::LastAdministrator);
    }
    Ok(())
}

fn end_sessions(database: &mut Database, person: i64) -> Result<(), StoreError> {
    database.query("DELETE FROM session WHERE person = ?1", &[person.into()])?;
    Ok(())
}

impl Store {
    /// Adds a user; `hash` is what [`hash`] made of the password. The first one has to be an
    /// administrator.
    ///
    /// # Errors
    /// When the name is taken or cannot be used.
    pub fn add_person(
        &mut self,
        name: &str,
        role: Role,
        hash: &str,
        by: &str,
    ) -> Result<(), StoreError> {
        let name = usable(name)?;
        self.database.transaction(|database| {
            let sql = "INSERT INTO person (name, role, password, created)
                 VALUES (?1, ?2, ?3, {now}) RETURNING id";
            named(database.query(sql, &[name.into(), role.word().into(), hash.into()]), name)?;
            governed(database)?;
            note(database, by, &format!("add {}", role.word()), name)
        })
    }

    /// All users in order of adding.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn people(&mut self) -> Result<Vec<PersonEntry>, StoreError> {
        let rows = self.database.query(
            "SELECT name, role, created,
                 (SELECT max(session.created) FROM session WHERE session.person = person.id)
             FROM person ORDER BY id",
            &[],
        )?;
        let entry = |row: &Row| {
            let Person { name, role } = to_person(row);
            PersonEntry { name, role, created: row.string(2), seen: row.string(3) }
        };
        Ok(rows.iter().map(entry).collect())
    }

    /// Gives a user another role, which ends their sessions.
    ///
    /// # Errors
    /// When there is no such user, or no administrator would be left.
    pub fn set_role(&mut self, name: &str, role: Role, by: &str) -> Result<(), StoreError> {
        self.database.transaction(|database| {
            let id = person_id(database, name)?;
            let sql = "UPDATE person SET role = ?2 WHERE id = ?1";
            database.query(sql, &[id.into(), role.word().into()])?;
            governed(database)?;
            end_sessions(database, id)?;
            note(database, by, &format!("make {}", role.word()), name)
        })
    }

    /// Gives a user another password, which ends their sessions.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn set_password(&mut self, name: &str, hash: &str, by: &str) -> Result<(), StoreError> {
        self.database.transaction(|database| {
            let id = person_id(database, name)?;
            let sql = "UPDATE person SET password = ?2 WHERE id = ?1";
            database.query(sql, &[id.into(), hash.into()])?;
            end_sessions(database, id)?;
            note(database, by, "set password", name)
        })
    }

    /// Removes a user; what they did keeps their name.
    ///
    /// # Errors
    /// When there is no such user, or no administrator would be left over the others.
    pub fn remove_person(&mut self, name: &str, by: &str) -> Result<(), StoreError> {
        self.database.transaction(|database| {
            let id = person_id(database, name)?;
            end_sessions(database, id)?;
            database.query("DELETE FROM person WHERE id = ?1", &[id.into()])?;
            governed(database)?;
            note(database, by, "remove user", name)
        })
    }

    /// Whether there is an administrator.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_administrator(&mut self) -> Result<bool, StoreError> {
        Ok(count(&mut self.database, "WHERE role = 'administrator'")? > 0)
    }

    /// The hash of a user's password; of nobody's, one that no password fits and that takes as long.
    fn kept_hash(&mut self, name: &str) -> Result<String, StoreError> {
        let sql = "SELECT password FROM person WHERE name = ?1";
        let rows = self.database.query(sql, &[name.into()])?;
        Ok(rows.first().map(|row| row.string(0)).unwrap_or_default())
    }

    /// What has to be compared with a password to know whether it is a user's; comparing takes a
    /// tenth of a second and needs no store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn check_of(
        &mut self,
        name: &str,
    ) -> Result<impl FnOnce(&str) -> bool + Send + use<>, StoreError> {
        let kept = self.kept_hash(name)?;
        Ok(move |password: &str| {
            if kept.is_empty() {
                let _ = hashed(password); // as long as for a user
                return false;
            }
            fits(password, &kept)
        })
    }

    /// Begins a session of a user under a token; those that have expired are forgotten.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn begin_session(&mut self, name: &str, token: &str) -> Result<Person, StoreError> {
        self.database.transaction(|database| {
            let id = person_id(database, name)?;
            database.query("DELETE FROM session WHERE expires <= {now}", &[])?;
            database.query(
                "INSERT INTO session (token, person, created, expires)
                 VALUES (?1, ?2, {now}, {later})",
                &[(&checksum(token)).into(), id.into()],
            )?;
            note(database, name, "log in", "")?;
            let sql = "SELECT name, role FROM person WHERE id = ?1";
            Ok(to_person(&database.query(sql, &[id.into()])?[0]))
        })
    }

    /// Ends the session of a token.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn end_session(&mut self, token: &str, person: &str) -> Result<(), StoreError> {
        self.database.transaction(|database| {
            database.query("DELETE FROM session WHERE token = ?1", &[(&checksum(token)).into()])?;
            note(database, person, "log out", "")
        })
    }

    /// Whose session a token is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known(&mut self, token: Option<&str>) -> Result<Known, StoreError> {
        if let Some(token) = token {
            let rows = self.database.query(
                "SELECT name, role FROM session JOIN person ON person.id = session.person
                 WHERE token = ?1 AND expires > {now}",
                &[(&checksum(token)).into()],
            )?;
            if let Some(row) = rows.first() {
                return Ok(Known::Person(to_person(row)));
            }
        }
        let users = count(&mut self.database, "")? > 0;
        Ok(if users { Known::Nobody } else { Known::NoUsers })
    }

    /// The user of a name that somebody else has checked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn named(&mut self, name: &str) -> Result<Known, StoreError> {
        let sql = "SELECT name, role FROM person WHERE name = ?1";
        let rows = self.database.query(sql, &[name.into()])?;
        Ok(rows.first().map_or(Known::Nobody, |row| Known::Person(to_person(row))))
    }

    /// Adds a line to the audit, of what changes nothing in the store.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note(&mut self, person: &str, what: &str, subject: &str) -> Result<(), StoreError> {
        note(&mut self.database, person, what, subject)
    }

    /// What was done, the latest first: up to 200 lines with identities below `before`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit(&mut self, before: Option<i64>) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = self.database.query(
            "SELECT id, at, person, what, subject FROM audit WHERE id < ?1
             ORDER BY id DESC LIMIT ?2",
            &[before.unwrap_or(i64::MAX).into(), PAGE.into()],
        )?;
        let entry = |row: &Row| AuditEntry {
            id: row.number(0),
            at: row.string(1),
            person: row.string(2),
            what: row.string(3),
            subject: row.string(4),
        };
        Ok(rows.iter().map(entry).collect())
    }
}
