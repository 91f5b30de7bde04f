#include "store/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "base/atomic_file.h"
#include "base/json_fields.h"
#include "base/text.h"

namespace reelbatch::store {

using base::Json;
using base::JsonFields;
using base::OneLine;
using base::ParseDocument;

namespace {

constexpr std::string_view kLockSchema = "reelbatch_lock_v1";

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

/// Who wrote the lock file, for the message to the one who came second.
std::string Holder(const std::filesystem::path& file) {
  const auto text = base::ReadWholeFile(file);
  const auto document = text ? ParseDocument(*text, file.native(), kLockSchema)
                             : base::Result<Json>(std::unexpected(text.error()));
  // The holder is between taking the lock and writing its name.
  if (!document) return "another reelbatch";
  std::optional<base::Error> error;
  JsonFields fields(*document, {}, error);
  return fmt::format("reelbatch run (pid {} on {} since {})", fields.Integer("pid"),
                     fields.Text("host"), fields.Text("started_at"));
}

base::Status WriteHolder(int fd, const std::filesystem::path& file, std::string_view command_line,
                         const base::Clock& clock) {
  Json holder;
  holder["schema"] = kLockSchema;
  holder["pid"] = getpid();
  holder["host"] = HostName();
  holder["started_at"] = base::Iso8601(clock.Wall());
  holder["command"] = command_line;
  const std::string text = OneLine(holder) + "\n";
  if (ftruncate(fd, 0) != 0 ||
      pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return std::unexpected(base::FileError(errno, "write", file));
  }
  return {};
}

}  // namespace

FolderLock::~FolderLock() { close(fd_); }

base::Result<std::unique_ptr<FolderLock>> FolderLock::Take(const std::filesystem::path& folder,
                                                           const std::filesystem::path& file,
                                                           std::string_view command_line,
                                                           const base::Clock& clock) {
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return std::unexpected(base::FileError(errno, "open", file));
  std::unique_ptr<FolderLock> lock(new FolderLock(fd));
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return std::unexpected(base::FileError(errno, "lock", file));
    return base::Fail(
        base::Code::kUnavailable,
        fmt::format(
            "is in use by {}: wait until it has finished, or choose another output folder (--out)",
            Holder(file)),
        base::PathForPeople(folder));
  }
  if (auto written = WriteHolder(fd, file, command_line, clock); !written) {
    return std::unexpected(written.error());
  }
  return lock;
}

}  // namespace reelbatch::store
