#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json_text.h"
#include "base/mutex.h"
#include "base/result.h"

namespace reelbatch::store {

/// An append-only file of events, one JSON object per line: {"at":..,"event":..,...}.
///
/// A line is written by one write(2) and removed again if it does not fit, so that only a killed
/// process leaves a partial line, and only the last one; the next Open() ends it with a newline,
/// and readers skip lines that are not JSON. Threads: any.
class Journal {
 public:
  /// Errors: io. `clock` must outlive the journal.
  static base::Result<std::unique_ptr<Journal>> Open(const std::filesystem::path& path,
                                                     const base::Clock& clock);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// `fields` is an object; "at" and "event" are put before it. Errors: io.
  base::Status Append(std::string_view event, const base::Json& fields);
  /// Everything appended so far survives a power cut. Errors: io.
  base::Status Sync();

 private:
  Journal(int fd, std::filesystem::path path, const base::Clock& clock);

  int fd_;
  std::filesystem::path path_;
  const base::Clock& clock_;
  base::Mutex mutex_;
};

/// The last run in a journal.
struct JournalRun {
  std::string run_id = {};  // empty: there is none
  bool finished = false;    // otherwise it was killed, or is still running
};
/// A missing journal has no run. Errors: io.
base::Result<JournalRun> LastRunIn(const std::filesystem::path& journal);

}  // namespace reelbatch::store
