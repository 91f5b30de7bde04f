#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace reelbatch::store {

struct SqliteCloser {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SqliteHandle = std::unique_ptr<sqlite3, SqliteCloser>;

/// Converts the result code of SQLite: corrupt (not a database, damaged), io (no space, no
/// permission), else unavailable.
base::Error SqliteError(sqlite3* database, int result, const std::filesystem::path& path);

/// One prepared statement. The first error is kept, so that a chain of binds needs one check, at
/// Step(). `path` must outlive it.
class Statement {
 public:
  Statement(sqlite3* database, const std::filesystem::path& path, std::string_view sql);
  /// Resets it to the prepared state: no value is bound, there is no error, and the last row is
  /// released, so that it does not block writers.
  void Reset();

  Statement& Bind(int at, std::string_view text);
  Statement& BindBytes(int at, std::string_view bytes);
  Statement& Bind(int at, int64_t value);

  /// True while there is a row. Errors: as SqliteError().
  base::Result<bool> Step();
  /// Runs to the end and discards rows.
  base::Status Run();

  int64_t Integer(int column) const;
  bool IsNull(int column) const;
  /// Text or bytes.
  std::string Text(int column) const;

 private:
  void Note(int result);

  sqlite3* database_;
  const std::filesystem::path& path_;
  std::unique_ptr<sqlite3_stmt, SqliteCloser> statement_;
  int prepared_ = SQLITE_OK;
  int failure_ = SQLITE_OK;
};

}  // namespace reelbatch::store
