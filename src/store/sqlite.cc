#include "store/sqlite.h"

#include <fmt/format.h>

#include <cerrno>

#include "base/atomic_file.h"
#include "base/text.h"

namespace reelbatch::store {

base::Error SqliteError(sqlite3* database, int result, const std::filesystem::path& path) {
  const char* words = database == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(database);
  switch (result & 0xFF) {  // the primary code of an extended one
    case SQLITE_FULL:
      return base::FileError(ENOSPC, "write", path);
    case SQLITE_READONLY:
      return base::FileError(EROFS, "write", path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return base::FileError(EACCES, "open", path);
    case SQLITE_IOERR: {
      // "disk I/O error" alone tells a person nothing; the system's own reason does.
      const int reason = database == nullptr ? 0 : sqlite3_system_errno(database);
      return base::FileError(reason == 0 ? EIO : reason, "write", path);
    }
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {base::Code::kCorrupt, fmt::format("{}: run again to rebuild it", words),
              base::PathForPeople(path)};
    case SQLITE_NOMEM:
      return {base::Code::kOutOfMemory, words, base::PathForPeople(path)};
    default:
      return {base::Code::kUnavailable, words, base::PathForPeople(path)};
  }
}

Statement::Statement(sqlite3* database, const std::filesystem::path& path, std::string_view sql)
    : database_(database), path_(path) {
  sqlite3_stmt* statement = nullptr;
  prepared_ =
      sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  failure_ = prepared_;
  statement_.reset(statement);
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());  // answers the last Step()'s failure once more
  sqlite3_clear_bindings(statement_.get());
  failure_ = prepared_;
}

void Statement::Note(int result) {
  if (failure_ == SQLITE_OK) failure_ = result;
}

Statement& Statement::Bind(int at, std::string_view text) {
  Note(sqlite3_bind_text64(statement_.get(), at, text.data(), text.size(), SQLITE_TRANSIENT,
                           SQLITE_UTF8));
  return *this;
}

Statement& Statement::BindBytes(int at, std::string_view bytes) {
  Note(sqlite3_bind_blob64(statement_.get(), at, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::Bind(int at, int64_t value) {
  Note(sqlite3_bind_int64(statement_.get(), at, value));
  return *this;
}

base::Result<bool> Statement::Step() {
  if (failure_ == SQLITE_OK) {
    const int result = sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    failure_ = result;
  }
  return std::unexpected(SqliteError(database_, failure_, path_));
}

base::Status Statement::Run() {
  while (true) {
    const auto row = Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
  }
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string Statement::Text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<size_t>(size));
}

}  // namespace reelbatch::store
