#include "store/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <ranges>
#include <utility>
#include <vector>

#include "store/text.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;

/// Closes what it holds. Owns the descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

base::Status WriteAll(int fd, std::string_view bytes, WriteCall call, const fs::path& target) {
  while (!bytes.empty()) {
    const ssize_t written = call(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(FileError(errno, "write", target));
    if (written == 0) return std::unexpected(FileError(EIO, "write", target));  // would go on for ever
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

/// Some file systems (FUSE, network) have no fsync for folders and say EINVAL: nothing more can be done there.
base::Status SyncFolder(const fs::path& folder) {
  const Descriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return std::unexpected(FileError(errno, "open", folder));
  if (fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return std::unexpected(FileError(errno, "write", folder));
  }
  return {};
}

fs::path FolderOf(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

/// Devices and pipes (/dev/stdout) are written as they are: a rename would replace them.
base::Status WriteInPlace(const fs::path& target, std::string_view bytes, WriteCall call) {
  const Descriptor fd(open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (fd.get() < 0) return std::unexpected(FileError(errno, "open", target));
  return WriteAll(fd.get(), bytes, call, target);
}

/// A new, empty file with a name that no live process uses. The name is short: the target may have 255 bytes.
base::Result<std::pair<int, fs::path>> CreateTemporary(const fs::path& folder, const fs::path& target) {
  static std::atomic<uint64_t> counter{0};
  while (true) {
    fs::path path = folder / fmt::format(".reelbatch-{}-{}.tmp", getpid(), counter.fetch_add(1));
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) return std::pair(fd, std::move(path));
    if (errno != EEXIST) return std::unexpected(FileError(errno, "create", target));
  }
}

base::Status FillAndRename(int fd, const fs::path& temporary, const fs::path& target,
                           std::string_view bytes, WriteCall call) {
  Descriptor file(fd);
  if (auto written = WriteAll(file.get(), bytes, call, target); !written) return written;
  if (fsync(file.get()) != 0) return std::unexpected(FileError(errno, "write", target));
  // close() is where network file systems report that there was no space.
  if (close(file.Release()) != 0) return std::unexpected(FileError(errno, "write", target));
  if (rename(temporary.c_str(), target.c_str()) != 0) {
    return std::unexpected(FileError(errno, "write", target));
  }
  return {};
}

/// What is wrong and what mends it.
std::string Explain(int error_number) {
  switch (error_number) {
    case ENOSPC: return "no space left on the device: free space or choose another place";
    case EDQUOT: return "the disk quota is used up: free space or choose another place";
    case EFBIG:
      return "the file is larger than ulimit -f or the file system allows: raise the limit or choose "
             "another place";
    case EACCES:
    case EPERM: return "permission denied: change the permissions or choose another place";
    case EROFS: return "the file system is read-only: choose another place";
    case ENAMETOOLONG: return "the name is too long: choose a shorter one";
    default: return std::strerror(error_number);
  }
}

}  // namespace

base::Error FileError(int error_number, std::string_view doing, const fs::path& path) {
  return {base::Code::kIo, fmt::format("cannot {}: {}", doing, Explain(error_number)),
          PathForPeople(path)};
}

base::Status WriteFileAtomically(const fs::path& target, std::string_view bytes,
                                 const AtomicWrite& options) {
  const WriteCall call = options.write_call == nullptr ? &::write : options.write_call;
  fs::path final_target = target;
  struct stat info {};
  if (stat(target.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return std::unexpected(FileError(EISDIR, "write", target));
    if (!S_ISREG(info.st_mode)) return WriteInPlace(target, bytes, call);
    // Through a symbolic link the file it names is replaced, not the link.
    std::error_code error;
    if (fs::is_symlink(target, error)) final_target = fs::canonical(target, error);
    if (error) return std::unexpected(FileError(error.value(), "write", target));
  }
  const fs::path folder = FolderOf(final_target);
  auto temporary =
      CreateTemporary(options.temp_folder.empty() ? folder : options.temp_folder, target);
  if (!temporary) return std::unexpected(temporary.error());
  const auto& [fd, path] = *temporary;
  if (auto done = FillAndRename(fd, path, final_target, bytes, call); !done) {
    unlink(path.c_str());
    return done;
  }
  return SyncFolder(folder);
}

base::Status MakeFolders(const fs::path& folder) {
  std::vector<fs::path> missing;
  fs::path at = folder;
  struct stat info {};
  while (!at.empty() && stat(at.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return std::unexpected(FileError(errno, "open", at));
    missing.push_back(at);
    if (at == at.parent_path()) break;
    at = at.parent_path();
  }
  if (!at.empty() && !S_ISDIR(info.st_mode)) {
    return base::Fail(base::Code::kInvalidArgument, "is not a folder: choose another --out",
                      PathForPeople(at));
  }
  for (const fs::path& next : std::views::reverse(missing)) {
    if (next.filename().empty()) continue;  // "out/": the slash names nothing new
    if (mkdir(next.c_str(), 0777) != 0 && errno != EEXIST) {
      return std::unexpected(FileError(errno, "create", next));
    }
    if (auto synced = SyncFolder(FolderOf(next)); !synced) return synced;
  }
  return {};
}

void SweepTemporaries(const fs::path& folder) {
  std::error_code ignored;
  for (auto entry = fs::directory_iterator(folder, ignored); entry != fs::directory_iterator();
       entry.increment(ignored)) {
    if (entry->path().extension() == ".tmp") fs::remove(entry->path(), ignored);
  }
}

base::Result<std::string> ReadWholeFile(const fs::path& path) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (fd.get() < 0) return std::unexpected(FileError(errno, "read", path));
  std::string bytes;
  std::vector<char> buffer(size_t{64} << 10);
  while (true) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(FileError(errno, "read", path));
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<size_t>(got));
  }
}

}  // namespace reelbatch::store
