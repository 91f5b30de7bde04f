#include "store/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/atomic_file.h"
#include "base/json_text.h"

namespace reelbatch::store {

using base::Json;
using base::OneLine;

namespace {

base::Status WriteAll(int fd, std::string_view line, const std::filesystem::path& path) {
  while (!line.empty()) {
    const ssize_t written = write(fd, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(base::FileError(errno, "write", path));
    if (written == 0)
      return std::unexpected(base::FileError(EIO, "write", path));  // would go on for ever
    line.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

/// The whole line or nothing: what a full device took of it is cut off again.
base::Status WriteLine(int fd, std::string_view line, const std::filesystem::path& path) {
  struct stat before{};
  if (fstat(fd, &before) != 0) return std::unexpected(base::FileError(errno, "read", path));
  auto written = WriteAll(fd, line, path);
  if (!written) {
    // Where this fails too, the next Open() ends the torn line.
    [[maybe_unused]] const int cut = ftruncate(fd, before.st_size);
  }
  return written;
}

/// Ends a line that a killed process left open.
base::Status CloseTornLine(int fd, const std::filesystem::path& path) {
  struct stat info{};
  if (fstat(fd, &info) != 0) return std::unexpected(base::FileError(errno, "read", path));
  if (info.st_size == 0) return {};
  char last = '\n';
  if (pread(fd, &last, 1, info.st_size - 1) != 1) {
    return std::unexpected(base::FileError(errno, "read", path));
  }
  return last == '\n' ? base::Status{} : WriteLine(fd, "\n", path);
}

}  // namespace

Journal::Journal(int fd, std::filesystem::path path, const base::Clock& clock)
    : fd_(fd), path_(std::move(path)), clock_(clock) {}

Journal::~Journal() { close(fd_); }

base::Result<std::unique_ptr<Journal>> Journal::Open(const std::filesystem::path& path,
                                                     const base::Clock& clock) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return std::unexpected(base::FileError(errno, "open", path));
  std::unique_ptr<Journal> journal(new Journal(fd, path, clock));
  if (auto closed = CloseTornLine(fd, path); !closed) return std::unexpected(closed.error());
  return journal;
}

base::Status Journal::Append(std::string_view event, const Json& fields) {
  Json line;
  line["at"] = base::Iso8601(clock_.Wall());
  line["event"] = event;
  line.update(fields);
  const std::string text = OneLine(line) + "\n";
  const base::MutexLock lock(mutex_);
  return WriteLine(fd_, text, path_);
}

base::Status Journal::Sync() {
  if (fdatasync(fd_) != 0) return std::unexpected(base::FileError(errno, "write", path_));
  return {};
}

base::Result<JournalRun> LastRunIn(const std::filesystem::path& journal) {
  std::error_code error;
  if (!std::filesystem::exists(journal, error) && !error) return JournalRun();
  const auto text = base::ReadWholeFile(journal);
  if (!text) return std::unexpected(text.error());
  // From its end: a line is looked at as JSON only where it may be one of these two.
  for (size_t end = text->size(); end > 0;) {
    const size_t start = text->rfind('\n', end - 1);
    const size_t begin = start == std::string::npos ? 0 : start + 1;
    const std::string_view line = std::string_view(*text).substr(begin, end - begin);
    end = start == std::string::npos ? 0 : start;
    if (line.find("\"event\":\"run_") == std::string_view::npos) continue;
    const Json event = Json::parse(line, nullptr, false);
    if (!event.is_object() || !event.contains("event")) continue;
    const bool finished = event["event"] == "run_finished";
    if (!finished && event["event"] != "run_started") continue;
    return JournalRun{.run_id = event.value("run_id", std::string()), .finished = finished};
  }
  return JournalRun();
}

}  // namespace reelbatch::store
