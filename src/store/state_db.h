#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "store/source_file.h"
#include "store/sqlite.h"

namespace reelbatch::store {

/// The facts of run.json about the decoding of a video.
struct DecodeFacts {
  int64_t frames_decoded = 0;
  std::optional<int64_t> frames_expected;
  int64_t decode_errors = 0;
  bool damaged = false;  // errors, or the file ended early
};

/// The outcome of a video, as far as queries about a run need it.
struct VideoState {
  contracts::VideoStatus status = contracts::VideoStatus::kWaiting;
  std::string error_code;  // empty: none
  std::string reason;      // of an error or of an empty result
  int64_t events = 0;
  int64_t shots = 0;
  std::optional<DecodeFacts> decode = std::nullopt;  // not set if nothing was decoded
  bool kept_earlier_result = false;  // an error that left the manifest and artifacts unchanged
};

struct VideoRow {
  std::filesystem::path path;  // absolute
  std::string video_id;
  std::optional<SourceStat> stat;  // with sha256: the content that was hashed last
  std::string sha256;
  VideoState state;
};

/// How many inputs of a run have which status.
struct RunCounts {
  std::map<contracts::VideoStatus, int64_t> by_status;
  int64_t damaged = 0;
};

/// A video that is an input for the first time.
struct AddedVideo {
  std::string_view path;  // absolute
  std::string_view video_id;
  std::string_view lower_stem;  // SafeStem(), in ASCII lower case
};

/// `.reelbatch/state.db`: an index over the folder for queries, for video ids and for content
/// hashes. Manifests are authoritative, so a lost database costs one pass of hashing. WAL,
/// synchronous=NORMAL: a killed process loses nothing, a power cut at most the last rows. Threads:
/// any.
class StateDb {
 public:
  struct Opened {
    std::unique_ptr<StateDb> db;
    /// It has no videos: it is new, or was damaged and has been moved to state.db.damaged, or was
    /// being rebuilt when its process was killed.
    bool fresh = false;
  };
  /// Errors: invalid_argument (of another program or of a newer reelbatch), io, unavailable.
  static base::Result<Opened> Open(const std::filesystem::path& path, const base::Clock& clock);

  /// Reads and writes many rows; statements are compiled once.
  class Batch {
   public:
    /// The position of the video in the run; none if the video is not known.
    enum class Known : uint8_t { kNo, kOfEarlierRuns, kInThisRun };
    base::Result<Known> Find(std::string_view path);
    /// Both arguments are ASCII lower case.
    base::Result<bool> StemInUse(std::string_view lower_stem);
    base::Result<bool> IdInUse(std::string_view lower_id);
    /// Stores an id; it has no effect if the path or the id is known. With `config_hash` the
    /// video is also an input of this run, with status waiting.
    base::Status AddVideo(const AddedVideo& video, const std::string* config_hash);
    /// Begins a new run: no input belongs to it yet.
    base::Status ClearRun();
    /// Makes a known video an input of this run, with status waiting.
    base::Status AddToRun(std::string_view path, const std::string& config_hash);

   private:
    friend class StateDb;
    Batch(sqlite3* database, const std::filesystem::path& path, std::string now);

    std::string now_;
    Statement find_;
    Statement stem_in_use_;
    Statement id_in_use_;
    Statement add_video_;
    Statement clear_run_;
    Statement add_to_run_;
  };
  /// Writes all changes that `work` makes through the batch, or none if it fails; others wait
  /// until it has finished. Errors: those of `work`, as Open().
  base::Status InOneTransaction(const std::function<base::Status(Batch&)>& work);

  base::Result<std::optional<VideoRow>> Find(const std::filesystem::path& path);
  /// An empty `stat`: the file cannot be read, and its known content is removed.
  base::Status SaveContent(const std::filesystem::path& path, const std::optional<SourceStat>& stat,
                           const std::string& sha256);
  base::Status SaveState(const std::filesystem::path& path, const VideoState& state);
  /// Calls `begin` with the counts of this run, then `visit` for every input by path, in byte
  /// order. The rows are those that were counted: other writers wait. Errors: those of `begin` and
  /// `visit`, as Open().
  base::Status ReadRun(const std::function<base::Status(const RunCounts&)>& begin,
                       const std::function<base::Status(const VideoRow&)>& visit);

 private:
  StateDb(SqliteHandle database, std::filesystem::path path, const base::Clock& clock);
  base::Status Execute(std::string_view sql) REQUIRES(mutex_);
  base::Result<RunCounts> CountRun() REQUIRES(mutex_);

  base::Mutex mutex_;
  const std::filesystem::path path_;
  const base::Clock& clock_;
  // The statements go before the database.
  SqliteHandle database_ GUARDED_BY(mutex_);
  Statement find_ GUARDED_BY(mutex_);
  Statement save_content_ GUARDED_BY(mutex_);
  Statement save_state_ GUARDED_BY(mutex_);
};

}  // namespace reelbatch::store
