//! The table of one generation of a read model: its DDL, and its rows in batches.

use std::fmt::Write;

use futures::pin_mut;
use medilink_database::{DatabaseError, Transaction};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::cell::{Cell, SqlType};
use super::row::{Column, Shape};

/// One generation's table, `read.<name>_v<version>_<generation>`.
#[derive(Clone, Debug)]
pub struct Table {
    name: &'static str,
    full: String,
    shape: &'static Shape,
}

impl Table {
    /// Names the table of a generation.
    pub fn new(name: &'static str, version: u16, generation: i32, shape: &'static Shape) -> Self {
        Self {
            name,
            full: full_name(name, i32::from(version), generation),
            shape,
        }
    }

    /// Creates it, without key and indexes: rows are copied in first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn create(&self, transaction: &Transaction<'_>) -> Result<(), DatabaseError> {
        let mut ddl = format!("CREATE TABLE {} (", self.full);
        for (place, column) in self.shape.columns.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            // Byte order keeps keyset paging and indexes independent of the server's locale.
            let collate = if column.sql.driver() == Type::TEXT {
                " COLLATE \"C\""
            } else {
                ""
            };
            let null = if column.nullable { "" } else { " NOT NULL" };
            let _ = write!(
                ddl,
                "{comma}{} {}{collate}{null}",
                column.name,
                column.sql.name()
            );
        }
        // Room for changed rows on their own page: no index has to be touched (HOT).
        ddl.push_str(") WITH (fillfactor = 60)");
        Ok(transaction.batch_execute(&ddl).await?)
    }

    /// Adds the key and the indexes, once the rows are in.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn index(
        &self,
        transaction: &Transaction<'_>,
        indexes: &[&str],
    ) -> Result<(), DatabaseError> {
        let mut ddl = format!(
            "ALTER TABLE {} ADD PRIMARY KEY ({});",
            self.full,
            self.key_list()
        );
        for index in indexes {
            let _ = write!(ddl, "CREATE INDEX ON {} {index};", self.full);
        }
        // Of what conditions are about: figures of ciphertext and JSON tell a plan nothing.
        let compared = |column: &&Column| !matches!(column.sql, SqlType::Bytes | SqlType::Json);
        let compared: Vec<&str> = self
            .shape
            .columns
            .iter()
            .filter(compared)
            .map(|column| column.name)
            .collect();
        let _ = write!(ddl, "ANALYZE {} ({});", self.full, compared.join(", "));
        Ok(transaction.batch_execute(&ddl).await?)
    }

    /// Lets the view `read.<name>` show this table, for whoever may read models. With the
    /// same columns the view stays the same object, so nobody's prepared query breaks.
    ///
    /// # Errors
    /// When the database refuses, or a reader holds the view for too long.
    pub async fn show(
        &self,
        transaction: &Transaction<'_>,
        same_columns: bool,
    ) -> Result<(), DatabaseError> {
        let view = format!("read.{}", self.name);
        let columns = self.column_list();
        let mut ddl = String::from("SET LOCAL lock_timeout = '2s';");
        if !same_columns {
            let _ = write!(ddl, "DROP VIEW IF EXISTS {view};");
        }
        let _ = write!(
            ddl,
            "CREATE OR REPLACE VIEW {view} AS SELECT {columns} FROM {};
             GRANT SELECT ON {view} TO medilink_app;",
            self.full
        );
        Ok(transaction.batch_execute(&ddl).await?)
    }

    /// The rows of these keys, sealed columns still sealed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn load(
        &self,
        transaction: &Transaction<'_>,
        keys: &[Vec<Cell>],
    ) -> Result<Vec<Vec<Cell>>, DatabaseError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let key = &self.shape.columns[..self.shape.key];
        let sql = format!("SELECT found.* FROM {}", self.found(&self.column_list()));
        let arrays = transposed(keys, key.len());
        let statement = transaction.prepare_cached(&sql).await?;
        let rows = transaction.query(&statement, &values(&arrays)).await?;
        Ok(rows
            .iter()
            .map(|row| (0..row.len()).map(|at| row.get(at)).collect())
            .collect())
    }

    /// All rows, sealed columns still sealed, in the order of the key.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn load_all(
        &self,
        transaction: &Transaction<'_>,
    ) -> Result<Vec<Vec<Cell>>, DatabaseError> {
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {}",
            self.column_list(),
            self.full,
            self.key_list()
        );
        let rows = transaction.query(&sql, &[]).await?;
        Ok(rows
            .iter()
            .map(|row| (0..row.len()).map(|at| row.get(at)).collect())
            .collect())
    }

    /// Inserts rows, or replaces those with the same key.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn upsert(
        &self,
        transaction: &Transaction<'_>,
        rows: &[Vec<Cell>],
    ) -> Result<(), DatabaseError> {
        if rows.is_empty() {
            return Ok(());
        }
        let columns = self.shape.columns;
        let replaced: Vec<String> = columns[self.shape.key..]
            .iter()
            .map(|column| format!("{0} = EXCLUDED.{0}", column.name))
            .collect();
        let sql = format!(
            "INSERT INTO {} ({}) SELECT * FROM unnest({}) ON CONFLICT ({}) DO UPDATE SET {}",
            self.full,
            self.column_list(),
            arrays(columns),
            self.key_list(),
            replaced.join(", "),
        );
        let arrays = transposed(rows, columns.len());
        let statement = transaction.prepare_cached(&sql).await?;
        transaction.execute(&statement, &values(&arrays)).await?;
        Ok(())
    }

    /// Removes the rows of these keys.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete(
        &self,
        transaction: &Transaction<'_>,
        keys: &[Vec<Cell>],
    ) -> Result<(), DatabaseError> {
        if keys.is_empty() {
            return Ok(());
        }
        let key = &self.shape.columns[..self.shape.key];
        let sql = format!(
            "DELETE FROM {} WHERE ctid = ANY (ARRAY (SELECT found.place FROM {}))",
            self.full,
            self.found("ctid AS place"),
        );
        let arrays = transposed(keys, key.len());
        let statement = transaction.prepare_cached(&sql).await?;
        transaction.execute(&statement, &values(&arrays)).await?;
        Ok(())
    }

    /// Writes new rows once, as fast as PostgreSQL takes them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn copy_in(
        &self,
        transaction: &Transaction<'_>,
        rows: &[Vec<Cell>],
    ) -> Result<(), DatabaseError> {
        let sql = format!(
            "COPY {} ({}) FROM STDIN BINARY",
            self.full,
            self.column_list()
        );
        let types: Vec<Type> = self
            .shape
            .columns
            .iter()
            .map(|column| column.sql.driver())
            .collect();
        let writer = BinaryCopyInWriter::new(transaction.copy_in(&sql).await?, &types);
        pin_mut!(writer);
        for row in rows {
            let cells: Vec<&(dyn ToSql + Sync)> = row.iter().map(|cell| cell as _).collect();
            writer.as_mut().write(&cells).await?;
        }
        writer.finish().await?;
        Ok(())
    }

    /// The rows of the keys that are given as arrays, each by the key's index: a join would be
    /// planned by how large the table once was.
    fn found(&self, columns: &str) -> String {
        let key = &self.shape.columns[..self.shape.key];
        let same: Vec<String> = key
            .iter()
            .map(|column| format!("t.{0} = wanted.{0}", column.name))
            .collect();
        format!(
            "unnest({}) AS wanted ({}) CROSS JOIN LATERAL
                 (SELECT {columns} FROM {} t WHERE {} LIMIT 1) AS found",
            arrays(key),
            self.key_list(),
            self.full,
            same.join(" AND "),
        )
    }

    fn column_list(&self) -> String {
        list(self.shape.columns)
    }

    fn key_list(&self) -> String {
        list(&self.shape.columns[..self.shape.key])
    }
}

/// The name of a generation's table, also of a release whose shape is not known here.
pub fn full_name(name: &str, version: i32, generation: i32) -> String {
    format!("read.{name}_v{version}_{generation}")
}

fn list(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    names.join(", ")
}

/// `$1::uuid[], $2::text[]`
fn arrays(columns: &[Column]) -> String {
    let casts: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| format!("${}::{}[]", place + 1, column.sql.name()))
        .collect();
    casts.join(", ")
}

/// Rows as columns, which is how unnest takes them.
fn transposed(rows: &[Vec<Cell>], columns: usize) -> Vec<Vec<&Cell>> {
    (0..columns)
        .map(|at| rows.iter().map(|row| &row[at]).collect())
        .collect()
}

fn values<'a>(arrays: &'a [Vec<&'a Cell>]) -> Vec<&'a (dyn ToSql + Sync)> {
    arrays.iter().map(|array| array as _).collect()
}
