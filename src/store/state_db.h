#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "store/source_file.h"
#include "store/sqlite.h"

namespace reelbatch::store {

/// What run.json says of a video's decoding.
struct DecodeFacts {
  int64_t frames_decoded = 0;
  std::optional<int64_t> frames_expected;
  int64_t decode_errors = 0;
  bool damaged = false;  // errors, or the file ended early
};

/// What became of a video, as far as questions about a run need it.
struct VideoState {
  contracts::VideoStatus status = contracts::VideoStatus::kWaiting;
  std::string error_code;  // empty: none
  std::string reason;      // of an error or of an empty result
  int64_t events = 0;
  int64_t shots = 0;
  std::optional<DecodeFacts> decode = std::nullopt;  // nothing where nothing was decoded
  bool kept_earlier_result = false;  // an error that left manifest and artifacts alone
};

struct VideoRow {
  std::filesystem::path path;  // absolute
  std::string video_id;
  std::optional<SourceStat> stat;  // with sha256: the content that was hashed last
  std::string sha256;
  VideoState state;
};

/// `.reelbatch/state.db`: an index over the folder for questions, for video ids and for content
/// hashes. Manifests are the truth, so a lost database costs one pass of hashing. WAL,
/// synchronous=NORMAL: a killed process loses nothing, a power cut at most the last rows. Threads:
/// any.
class StateDb {
 public:
  struct Opened {
    std::unique_ptr<StateDb> db;
    /// Knows no video: it is new, or was damaged and has been moved to state.db.damaged, or was
    /// being rebuilt when its process was killed.
    bool fresh = false;
  };
  /// Errors: invalid_argument (of another program or of a newer reelbatch), io, unavailable.
  static base::Result<Opened> Open(const std::filesystem::path& path, const base::Clock& clock);

  base::Result<std::optional<VideoRow>> Find(const std::filesystem::path& path);
  /// Both take ASCII lower case.
  base::Result<bool> StemInUse(const std::string& lower_stem);
  base::Result<bool> IdInUse(const std::string& lower_id);
  /// Remembers an id; nothing happens where the path or the id is known.
  base::Status AddVideo(const std::filesystem::path& path, const std::string& video_id);

  /// From here to Commit() all or nothing is written. Errors: as Open().
  base::Status Begin();
  base::Status Commit();
  /// Undoes what is open.
  void Rollback();

  /// A new run: no input belongs to it yet.
  base::Status ClearRun();
  /// The video is an input of this run, and waits.
  base::Status AddToRun(const std::filesystem::path& path, const std::string& config_hash);
  /// Nothing in `stat`: the file cannot be read, what was known of its content is forgotten.
  base::Status SaveContent(const std::filesystem::path& path, const std::optional<SourceStat>& stat,
                           const std::string& sha256);
  base::Status SaveState(const std::filesystem::path& path, const VideoState& state);
  /// The inputs of this run by path, in byte order.
  base::Status ForEachInRun(const std::function<void(const VideoRow&)>& visit);

 private:
  StateDb(SqliteHandle database, std::filesystem::path path, const base::Clock& clock);
  base::Status Execute(std::string_view sql);
  base::Result<bool> Exists(std::string_view sql, const std::string& text);

  base::Mutex mutex_;
  SqliteHandle database_ GUARDED_BY(mutex_);
  const std::filesystem::path path_;
  const base::Clock& clock_;
};

}  // namespace reelbatch::store
