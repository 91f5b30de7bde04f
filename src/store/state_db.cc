#include "store/state_db.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/text.h"
#include "store/video_ids.h"

namespace reelbatch::store {
namespace {

using contracts::VideoStatus;

// "RBST" in ASCII; `file` and this program tell by it whose database it is.
constexpr int64_t kApplicationId = 0x52425354;
constexpr int64_t kSchemaVersion = 2;
// Someone may look into the database with the sqlite3 shell while a run writes.
constexpr int kBusyTimeoutMs = 10'000;

constexpr std::string_view kSchema = R"sql(
CREATE TABLE videos (
  path BLOB PRIMARY KEY,
  video_id TEXT NOT NULL,
  lower_id TEXT NOT NULL UNIQUE,
  lower_stem TEXT NOT NULL,
  size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, inode INTEGER,
  sha256 TEXT,
  status TEXT NOT NULL DEFAULT 'waiting',
  error_code TEXT, reason TEXT,
  events INTEGER NOT NULL DEFAULT 0, shots INTEGER NOT NULL DEFAULT 0,
  config_hash TEXT,
  in_run INTEGER NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL
) WITHOUT ROWID
)sql";
// Version 2; what they say of earlier runs nobody asks, so NULL and 0 will do.
constexpr std::array<std::string_view, 5> kDecodeColumns = {
    "ALTER TABLE videos ADD COLUMN frames_decoded INTEGER",
    "ALTER TABLE videos ADD COLUMN frames_expected INTEGER",
    "ALTER TABLE videos ADD COLUMN decode_errors INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE videos ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE videos ADD COLUMN kept_earlier INTEGER NOT NULL DEFAULT 0",
};
constexpr std::string_view kStemIndex = "CREATE INDEX videos_by_stem ON videos (lower_stem)";
constexpr std::string_view kRunIndex =
    "CREATE INDEX videos_in_run ON videos (path) WHERE in_run = 1";

constexpr std::string_view kColumns =
    "path, video_id, size, mtime_ns, ctime_ns, inode, sha256, status, error_code, reason, events, "
    "shots, "
    "frames_decoded, frames_expected, decode_errors, damaged, kept_earlier";

// ?1 is always the path.
constexpr std::string_view kAddVideo =
    "INSERT OR IGNORE INTO videos (path, video_id, lower_id, lower_stem, updated_at, config_hash, "
    "in_run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
constexpr std::string_view kAddToRun =
    "UPDATE videos SET in_run = 1, config_hash = ?2, status = 'waiting', error_code = NULL, "
    "reason = NULL, events = 0, shots = 0, frames_decoded = NULL, frames_expected = NULL, "
    "decode_errors = 0, damaged = 0, kept_earlier = 0, updated_at = ?3 WHERE path = ?1";
constexpr std::string_view kSaveContent =
    "UPDATE videos SET size = ?2, mtime_ns = ?3, ctime_ns = ?4, inode = ?5, sha256 = ?6 "
    "WHERE path = ?1";
constexpr std::string_view kSaveState =
    "UPDATE videos SET status = ?2, error_code = ?3, reason = ?4, events = ?5, shots = ?6, "
    "updated_at = ?7, frames_decoded = ?8, frames_expected = ?9, decode_errors = ?10, "
    "damaged = ?11, kept_earlier = ?12 WHERE path = ?1";

constexpr std::array kStatuses = {VideoStatus::kWaiting, VideoStatus::kRunning,
                                  VideoStatus::kSuccess, VideoStatus::kEmpty,
                                  VideoStatus::kError,   VideoStatus::kSkipped};

VideoStatus StatusOf(const std::string& name) {
  for (const VideoStatus status : kStatuses) {
    if (name == contracts::VideoStatusName(status)) return status;
  }
  return VideoStatus::kWaiting;
}

VideoRow RowOf(const Statement& statement) {
  VideoRow row;
  row.path = statement.Text(0);
  row.video_id = statement.Text(1);
  if (!statement.IsNull(2)) {
    row.stat = SourceStat{.size = statement.Integer(2),
                          .mtime_ns = statement.Integer(3),
                          .ctime_ns = statement.Integer(4),
                          .inode = statement.Integer(5)};
  }
  row.sha256 = statement.Text(6);
  row.state.status = StatusOf(statement.Text(7));
  row.state.error_code = statement.Text(8);
  row.state.reason = statement.Text(9);
  row.state.events = statement.Integer(10);
  row.state.shots = statement.Integer(11);
  if (!statement.IsNull(12)) {
    DecodeFacts& decode = row.state.decode.emplace();
    decode.frames_decoded = statement.Integer(12);
    if (!statement.IsNull(13)) decode.frames_expected = statement.Integer(13);
    decode.decode_errors = statement.Integer(14);
    decode.damaged = statement.Integer(15) != 0;
  }
  row.state.kept_earlier_result = statement.Integer(16) != 0;
  return row;
}

base::Result<int64_t> IntegerOf(sqlite3* database, const std::filesystem::path& path,
                                std::string_view sql) {
  Statement statement(database, path, sql);
  const auto row = statement.Step();
  if (!row) return std::unexpected(row.error());
  return *row ? statement.Integer(0) : 0;
}

base::Result<SqliteHandle> OpenFile(const std::filesystem::path& path) {
  sqlite3* raw = nullptr;
  // Our mutex guards the connection, so SQLite needs none.
  const int result =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteHandle database(raw);
  if (result != SQLITE_OK) return std::unexpected(SqliteError(raw, result, path));
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return database;
}

/// True for an empty file. Errors: invalid_argument (not ours), corrupt.
base::Result<bool> IsEmptyOrOurs(sqlite3* database, const std::filesystem::path& path) {
  const auto application = IntegerOf(database, path, "PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto version = IntegerOf(database, path, "PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto tables = IntegerOf(database, path, "SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  if (*application == 0 && *tables == 0) return true;
  if (*application != kApplicationId) {
    return base::Fail(base::Code::kInvalidArgument,
                      "is a database of another program: choose another output folder (--out)",
                      base::PathForPeople(path));
  }
  if (*version > kSchemaVersion) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("has version {}, from a newer reelbatch than this one (version {}): use the "
                    "newer program, or choose another output folder (--out)",
                    *version, kSchemaVersion),
        base::PathForPeople(path));
  }
  Statement check(database, path, "PRAGMA quick_check(1)");
  const auto row = check.Step();
  if (!row) return std::unexpected(row.error());
  if (check.Text(0) != "ok") {
    return base::Fail(base::Code::kCorrupt, check.Text(0), base::PathForPeople(path));
  }
  return false;
}

base::Status Prepare(sqlite3* database, const std::filesystem::path& path, bool create) {
  for (const std::string_view sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"}) {
    if (auto done = Statement(database, path, sql).Run(); !done) return done;
  }
  const auto old_version = IntegerOf(database, path, "PRAGMA user_version");
  if (!old_version) return std::unexpected(old_version.error());
  if (!create && *old_version == kSchemaVersion) return {};
  // The ids are set in the same transaction as the tables: a kill leaves an empty or a whole
  // database.
  const std::string application = fmt::format("PRAGMA application_id = {}", kApplicationId);
  const std::string version = fmt::format("PRAGMA user_version = {}", kSchemaVersion);
  std::vector<std::string_view> statements = {"BEGIN IMMEDIATE"};
  if (create) statements.insert(statements.end(), {kSchema, kStemIndex, kRunIndex, application});
  statements.insert(statements.end(), kDecodeColumns.begin(), kDecodeColumns.end());
  statements.insert(statements.end(), {std::string_view(version), std::string_view("COMMIT")});
  for (const std::string_view sql : statements) {
    if (auto done = Statement(database, path, sql).Run(); !done) return done;
  }
  return {};
}

/// Keeps a damaged database, with its write-ahead log, for whoever wants to look at it.
void MoveAside(const std::filesystem::path& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::path from = path;
    from += suffix;
    std::filesystem::path to = path;
    to += ".damaged";
    to += suffix;
    std::filesystem::remove(to, ignored);
    std::filesystem::rename(from, to, ignored);
  }
}

base::Result<std::pair<SqliteHandle, bool>> OpenOnce(const std::filesystem::path& path) {
  auto database = OpenFile(path);
  if (!database) return std::unexpected(database.error());
  const auto empty = IsEmptyOrOurs(database->get(), path);
  if (!empty) return std::unexpected(empty.error());
  if (auto done = Prepare(database->get(), path, *empty); !done)
    return std::unexpected(done.error());
  const auto videos = IntegerOf(database->get(), path, "SELECT EXISTS (SELECT 1 FROM videos)");
  if (!videos) return std::unexpected(videos.error());
  return std::pair(std::move(*database), *videos == 0);
}

}  // namespace

StateDb::StateDb(SqliteHandle database, std::filesystem::path path, const base::Clock& clock)
    : path_(std::move(path)),
      clock_(clock),
      database_(std::move(database)),
      find_(database_.get(), path_, fmt::format("SELECT {} FROM videos WHERE path = ?1", kColumns)),
      save_content_(database_.get(), path_, kSaveContent),
      save_state_(database_.get(), path_, kSaveState) {}

base::Result<StateDb::Opened> StateDb::Open(const std::filesystem::path& path,
                                            const base::Clock& clock) {
  auto opened = OpenOnce(path);
  if (!opened && opened.error().code == base::Code::kCorrupt) {
    MoveAside(path);
    opened = OpenOnce(path);
  }
  if (!opened) return std::unexpected(opened.error());
  auto& [database, fresh] = *opened;
  return Opened{std::unique_ptr<StateDb>(new StateDb(std::move(database), path, clock)), fresh};
}

base::Status StateDb::Execute(std::string_view sql) {
  return Statement(database_.get(), path_, sql).Run();
}

StateDb::Batch::Batch(sqlite3* database, const std::filesystem::path& path, std::string now)
    : now_(std::move(now)),
      find_(database, path, "SELECT in_run FROM videos WHERE path = ?1"),
      stem_in_use_(database, path, "SELECT 1 FROM videos WHERE lower_stem = ?1 LIMIT 1"),
      id_in_use_(database, path, "SELECT 1 FROM videos WHERE lower_id = ?1"),
      add_video_(database, path, kAddVideo),
      clear_run_(database, path, "UPDATE videos SET in_run = 0 WHERE in_run = 1"),
      add_to_run_(database, path, kAddToRun) {}

base::Result<StateDb::Batch::Known> StateDb::Batch::Find(std::string_view path) {
  find_.Reset();
  const auto row = find_.BindBytes(1, path).Step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return Known::kNo;
  return find_.Integer(0) != 0 ? Known::kInThisRun : Known::kOfEarlierRuns;
}

base::Result<bool> StateDb::Batch::StemInUse(std::string_view lower_stem) {
  stem_in_use_.Reset();
  return stem_in_use_.Bind(1, lower_stem).Step();
}

base::Result<bool> StateDb::Batch::IdInUse(std::string_view lower_id) {
  id_in_use_.Reset();
  return id_in_use_.Bind(1, lower_id).Step();
}

base::Status StateDb::Batch::AddVideo(const AddedVideo& video, const std::string* config_hash) {
  add_video_.Reset();
  add_video_.BindBytes(1, video.path)
      .Bind(2, video.video_id)
      .Bind(3, LowerAscii(video.video_id))
      .Bind(4, video.lower_stem)
      .Bind(5, now_)
      .Bind(7, int64_t{config_hash != nullptr});
  if (config_hash != nullptr) add_video_.Bind(6, *config_hash);
  return add_video_.Run();
}

base::Status StateDb::Batch::ClearRun() {
  clear_run_.Reset();
  return clear_run_.Run();
}

base::Status StateDb::Batch::AddToRun(std::string_view path, const std::string& config_hash) {
  add_to_run_.Reset();
  return add_to_run_.BindBytes(1, path).Bind(2, config_hash).Bind(3, now_).Run();
}

base::Status StateDb::InOneTransaction(const std::function<base::Status(Batch&)>& work) {
  const base::MutexLock lock(mutex_);
  if (auto begun = Execute("BEGIN IMMEDIATE"); !begun) return begun;
  Batch batch(database_.get(), path_, base::Iso8601(clock_.Wall()));
  base::Status done = work(batch);
  if (done) done = Execute("COMMIT");
  if (!done) {
    // Fails only where SQLite has rolled back by itself.
    [[maybe_unused]] const base::Status ignored = Execute("ROLLBACK");
  }
  return done;
}

base::Result<std::optional<VideoRow>> StateDb::Find(const std::filesystem::path& path) {
  const base::MutexLock lock(mutex_);
  const auto row = find_.BindBytes(1, path.native()).Step();
  base::Result<std::optional<VideoRow>> found = std::nullopt;
  if (!row) {
    found = std::unexpected(row.error());
  } else if (*row) {
    found = RowOf(find_);
  }
  find_.Reset();
  return found;
}

base::Status StateDb::SaveContent(const std::filesystem::path& path,
                                  const std::optional<SourceStat>& stat,
                                  const std::string& sha256) {
  const base::MutexLock lock(mutex_);
  save_content_.Reset();
  save_content_.BindBytes(1, path.native());
  if (stat) {
    save_content_.Bind(2, stat->size)
        .Bind(3, stat->mtime_ns)
        .Bind(4, stat->ctime_ns)
        .Bind(5, stat->inode)
        .Bind(6, sha256);
  }
  return save_content_.Run();
}

base::Status StateDb::SaveState(const std::filesystem::path& path, const VideoState& state) {
  const base::MutexLock lock(mutex_);
  save_state_.Reset();
  save_state_.BindBytes(1, path.native())
      .Bind(2, contracts::VideoStatusName(state.status))
      .Bind(5, state.events)
      .Bind(6, state.shots)
      .Bind(7, base::Iso8601(clock_.Wall()))
      .Bind(10, state.decode ? state.decode->decode_errors : 0)
      .Bind(11, int64_t{state.decode && state.decode->damaged})
      .Bind(12, int64_t{state.kept_earlier_result});
  if (state.decode) {
    save_state_.Bind(8, state.decode->frames_decoded);
    if (state.decode->frames_expected) save_state_.Bind(9, *state.decode->frames_expected);
  }
  if (!state.error_code.empty()) save_state_.Bind(3, state.error_code);
  if (!state.reason.empty()) save_state_.Bind(4, base::ValidUtf8(state.reason));
  return save_state_.Run();
}

base::Result<RunCounts> StateDb::CountRun() {
  Statement statement(database_.get(), path_,
                      "SELECT status, count(*), sum(frames_decoded IS NOT NULL AND damaged) "
                      "FROM videos WHERE in_run = 1 GROUP BY status");
  RunCounts counts;
  while (true) {
    const auto row = statement.Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return counts;
    counts.by_status[StatusOf(statement.Text(0))] += statement.Integer(1);
    counts.damaged += statement.Integer(2);
  }
}

base::Status StateDb::ReadRun(const std::function<base::Status(const RunCounts&)>& begin,
                              const std::function<base::Status(const VideoRow&)>& visit) {
  const base::MutexLock lock(mutex_);
  const auto counts = CountRun();
  if (!counts) return std::unexpected(counts.error());
  if (auto begun = begin(*counts); !begun) return begun;
  Statement statement(
      database_.get(), path_,
      fmt::format("SELECT {} FROM videos WHERE in_run = 1 ORDER BY path", kColumns));
  while (true) {
    const auto row = statement.Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    if (auto visited = visit(RowOf(statement)); !visited) return visited;
  }
}

}  // namespace reelbatch::store
