//! Reading the models: one place that runs queries, unseals what is personal and never
//! forgets the tenant.

use medilink_database::{Database, DatabaseError};
use medilink_domain::TenantId;
use medilink_vault::{Vault, VaultError};
use sea_query::{Expr, ExprTrait, PostgresQueryBuilder, Query, SelectStatement};
use sea_query_postgres::PostgresBinder;
use thiserror::Error;
use uuid::Uuid;

use crate::runtime::cell::Cell;
use crate::runtime::field::Damaged;
use crate::runtime::row::Row;
use crate::runtime::sealing::{SealingError, unseal};

/// Why a read model could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The database is away or refused the query.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The keys of personal columns can't be had.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The projector has not built this model yet; the same call will succeed soon.
    #[error("the read model is not built yet")]
    NotBuilt,
    /// A stored row is damaged; rebuilding the model mends it.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

impl ReadError {
    /// Whether the same call may succeed later without any change.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Database(error) => error.is_transient(),
            Self::Vault(error) => error.is_transient(),
            Self::NotBuilt => true,
            Self::Damaged(_) => false,
        }
    }
}

impl From<SealingError> for ReadError {
    fn from(error: SealingError) -> Self {
        match error {
            SealingError::Vault(error) => error.into(),
            SealingError::Damaged(error) => error.into(),
        }
    }
}

impl From<tokio_postgres::Error> for ReadError {
    fn from(error: tokio_postgres::Error) -> Self {
        if error.code() == Some(&tokio_postgres::error::SqlState::UNDEFINED_TABLE) {
            return Self::NotBuilt;
        }
        Self::Database(error.into())
    }
}

/// Read access to the models. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reads {
    database: Database,
    vault: Vault,
}

/// A part of a list: at most `limit` rows after a cursor, which is the last page's `next`.
#[derive(Clone, Copy, Debug)]
pub struct Page<C> {
    /// Where the last page ended; `None` for the first.
    pub after: Option<C>,
    /// At most so many rows; between 1 and [`MAX_PAGE`].
    pub limit: u16,
}

/// The most rows of a page.
pub const MAX_PAGE: u16 = 200;

impl<C> Page<C> {
    /// The first page.
    pub const fn first(limit: u16) -> Self {
        Self { after: None, limit }
    }

    /// The limit within its bounds.
    pub(crate) fn bounded(&self) -> u64 {
        u64::from(self.limit.clamp(1, MAX_PAGE))
    }
}

/// A page of a list. It may be shorter than its limit without being the last: rows whose
/// personal part is erased are left out.
#[derive(Clone, Debug)]
pub struct Listed<R, C> {
    /// The rows.
    pub rows: Vec<R>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<C>,
}

impl Reads {
    /// Reads through this pool, as `medilink_app`.
    pub const fn new(database: Database, vault: Vault) -> Self {
        Self { database, vault }
    }

    /// The rows of a query made with [`of_tenant`] or [`of_all_tenants`]; those with an
    /// erased personal part are left out.
    pub(crate) async fn rows<R: Row>(&self, select: &SelectStatement) -> Result<Vec<R>, ReadError> {
        let stored = self.stored(select).await?;
        self.opened(stored).await
    }

    /// The rows of a tenant that have one of these ids in a column.
    pub(crate) async fn among<R: Row>(
        &self,
        tenant: TenantId,
        column: &'static str,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<Vec<R>, ReadError> {
        let ids: Vec<Uuid> = ids.into_iter().collect();
        // The condition of an empty list is not one that PostgreSQL can type.
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = of_tenant::<R>(tenant);
        select.and_where(Expr::col(column).is_in(ids));
        self.rows(&select).await
    }

    /// At most one row.
    pub(crate) async fn row<R: Row>(
        &self,
        select: &SelectStatement,
    ) -> Result<Option<R>, ReadError> {
        Ok(self.rows(select).await?.pop())
    }

    /// A page of a query that is ordered by `cursor`'s values; the query must not be limited
    /// yet. `cursor` reads a row's place from its columns before they are unsealed, so that
    /// an erased row at the end of a page doesn't end the list.
    pub(crate) async fn page<R: Row, C>(
        &self,
        mut select: SelectStatement,
        limit: u64,
        cursor: impl Fn(&[Cell]) -> Result<C, Damaged>,
    ) -> Result<Listed<R, C>, ReadError> {
        select.limit(limit + 1);
        let mut stored = self.stored(&select).await?;
        let more = stored.len() as u64 > limit;
        if more {
            stored.pop();
        }
        let next = match stored.last() {
            Some(last) if more => Some(cursor(last)?),
            _ => None,
        };
        Ok(Listed {
            rows: self.opened(stored).await?,
            next,
        })
    }

    /// The stored values of a query's rows, sealed ones still sealed.
    pub(crate) async fn stored(
        &self,
        select: &SelectStatement,
    ) -> Result<Vec<Vec<Cell>>, ReadError> {
        let (sql, values) = select.build_postgres(PostgresQueryBuilder);
        let client = self.database.client().await?;
        let statement = client.prepare_cached(&sql).await?;
        let rows = client.query(&statement, &values.as_params()).await?;
        rows.iter()
            .map(|row| {
                (0..row.len())
                    .map(|at| row.try_get(at))
                    .collect::<Result<_, _>>()
            })
            .collect::<Result<_, _>>()
            .map_err(Into::into)
    }

    /// Rows that [`Reads::stored`] gave, unsealed; those with an erased personal part are left
    /// out.
    pub(crate) async fn opened<R: Row>(&self, stored: Vec<Vec<Cell>>) -> Result<Vec<R>, ReadError> {
        let clear = unseal(&self.vault, R::NAME, R::shape(), stored).await?;
        clear
            .into_iter()
            .flatten()
            .map(|cells| R::from_cells(cells).map_err(Into::into))
            .collect()
    }
}

/// A query over the rows of one tenant, with all columns of `R`.
pub(crate) fn of_tenant<R: Row>(tenant: TenantId) -> SelectStatement {
    let mut select = of_all_tenants::<R>();
    select.and_where(Expr::col("tenant").eq(tenant.uuid()));
    select
}

/// A query over the rows of every tenant: for workers, never for a person's request.
pub(crate) fn of_all_tenants<R: Row>() -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(R::COLUMNS.iter().map(|column| column.name))
        .from(("read", R::NAME));
    select
}
