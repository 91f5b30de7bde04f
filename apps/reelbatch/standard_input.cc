#include "apps/reelbatch/standard_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <string_view>
#include <system_error>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "standard input";
constexpr size_t kBlockBytes = size_t{1} << 20;

std::string Reason(int error) { return std::generic_category().message(error); }

std::unexpected<base::Error> RefuseStandardInput(base::Code code, std::string message) {
  return base::Fail(code, std::move(message), std::string(kName));
}

base::Status CheckStandardInput() {
  struct stat facts{};
  // Where it is closed, a library may have taken its number for something that has no type.
  const bool known = fstat(STDIN_FILENO, &facts) == 0;
  if (!known || (facts.st_mode & S_IFMT) == 0) {
    return RefuseStandardInput(base::Code::kInvalidArgument,
                               "is closed; pipe a video into it: cat clip.mp4 | reelbatch cuts -");
  }
  if (isatty(STDIN_FILENO) != 0) {
    return RefuseStandardInput(
        base::Code::kInvalidArgument,
        "is a terminal; pipe a video into it: cat clip.mp4 | reelbatch cuts -");
  }
  if (S_ISDIR(facts.st_mode))
    return RefuseStandardInput(base::Code::kInvalidArgument,
                               "is a folder; name the folder as an input instead");
  return {};
}

/// Gives every block that comes to `take`, which answers whether to go on.
base::Status ReadBlocks(const base::CancelToken* cancel,
                        const std::function<base::Result<bool>(std::string_view)>& take) {
  std::vector<char> block(kBlockBytes);
  while (true) {
    // poll() returns on a signal, and now and then, so that Ctrl-C ends a wait for a silent writer.
    constexpr int kWaitMs = 200;
    pollfd ready{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    const int waited = poll(&ready, 1, kWaitMs);
    if (cancel != nullptr && cancel->cancelled())
      return RefuseStandardInput(base::Code::kCancelled, "cancelled");
    if (waited == 0 || (waited < 0 && errno == EINTR)) continue;
    const ssize_t got = read(STDIN_FILENO, block.data(), block.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return RefuseStandardInput(base::Code::kIo, "cannot be read: " + Reason(errno));
    if (got == 0) return {};
    const auto more = take({block.data(), static_cast<size_t>(got)});
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
  }
}

/// A file without a name: it goes when its last descriptor does.
base::Result<int> MakeTemporary(const fs::path& folder) {
  int fd = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0) return fd;
  // Not every file system has such files.
  std::string name = (folder / "reelbatch-stdin-XXXXXX").native();
  fd = mkstemp(name.data());
  if (fd < 0) {
    return RefuseStandardInput(
        base::Code::kIo, fmt::format("cannot be stored in {}: {}; set TMPDIR to a writable folder",
                                     ShellQuote(folder.native()), Reason(errno)));
  }
  unlink(name.c_str());
  return fd;
}

base::Status WriteAll(int fd, std::string_view bytes, const fs::path& folder) {
  while (!bytes.empty()) {
    const ssize_t done = write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      return RefuseStandardInput(
          base::Code::kIo,
          fmt::format("does not fit into {}: {}; set TMPDIR to a folder with more space",
                      ShellQuote(folder.native()), Reason(errno)));
    }
    bytes.remove_prefix(static_cast<size_t>(done));
  }
  return {};
}

}  // namespace

base::Result<fs::path> SpoolStandardInput(const base::CancelToken* cancel) {
  const fs::path path = "/dev/stdin";
  if (auto usable = CheckStandardInput(); !usable) return std::unexpected(usable.error());
  struct stat facts{};
  fstat(STDIN_FILENO, &facts);
  if (S_ISREG(facts.st_mode) && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0) return path;
  const auto wanted = Environment("TMPDIR");
  const fs::path folder = wanted && !wanted->empty() ? fs::path(*wanted) : fs::path("/tmp");
  const auto fd = MakeTemporary(folder);
  if (!fd) return std::unexpected(fd.error());
  const auto copied = ReadBlocks(cancel, [&](std::string_view block) -> base::Result<bool> {
    if (auto written = WriteAll(*fd, block, folder); !written)
      return std::unexpected(written.error());
    return true;
  });
  const bool placed = copied && lseek(*fd, 0, SEEK_SET) == 0 && dup2(*fd, STDIN_FILENO) >= 0;
  const int error = errno;
  close(*fd);
  if (!copied) return std::unexpected(copied.error());
  if (!placed) return RefuseStandardInput(base::Code::kIo, "cannot be replaced: " + Reason(error));
  return path;
}

base::Result<std::string> ReadStandardInput(size_t max_bytes, const base::CancelToken* cancel) {
  if (auto usable = CheckStandardInput(); !usable) return std::unexpected(usable.error());
  std::string text;
  const auto read_all = ReadBlocks(cancel, [&](std::string_view block) -> base::Result<bool> {
    text += block;
    return text.size() <= max_bytes;
  });
  if (!read_all) return std::unexpected(read_all.error());
  return text;
}

}  // namespace reelbatch::app
