#include "base/atomic_file.h"

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

#include "base/text.h"

namespace reelbatch::base {
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

 private:
  int fd_;
};

fs::path FolderOf(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

/// What is wrong and what mends it.
std::string Explain(int error_number) {
  switch (error_number) {
    case ENOSPC:
      return "no space left on the device: free space or choose another place";
    case EDQUOT:
      return "the disk quota is used up: free space or choose another place";
    case EFBIG:
      return "the file is larger than ulimit -f or the file system allows: raise the limit or "
             "choose "
             "another place";
    case EACCES:
    case EPERM:
      return "permission denied: change the permissions or choose another place";
    case ENOENT:
    case ENOTDIR:
      return "the folder does not exist and cannot be created: create it first, or choose another "
             "place";
    case EROFS:
      return "the file system is read-only: choose another place";
    case ENAMETOOLONG:
      return "the name is too long: choose a shorter one";
    default:
      return std::strerror(error_number);
  }
}

}  // namespace

Error FileError(int error_number, std::string_view doing, const fs::path& path) {
  return {Code::kIo, fmt::format("cannot {}: {}", doing, Explain(error_number)),
          PathForPeople(path)};
}

Result<AtomicFile> AtomicFile::Create(const fs::path& target, AtomicWrite options) {
  if (options.write_call == nullptr) options.write_call = &::write;
  AtomicFile file(target, std::move(options));
  if (auto opened = file.Open(); !opened) return std::unexpected(opened.error());
  return file;
}

Status AtomicFile::Open() {
  static std::atomic<uint64_t> counter{0};
  renamed_to_ = target_;
  struct stat info{};
  if (stat(target_.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return Fail(EISDIR);
    if (!S_ISREG(info.st_mode)) {
      renamed_to_.clear();
      fd_ = open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
      return fd_ >= 0 ? Status() : std::unexpected(FileError(errno, "open", target_));
    }
    std::error_code error;
    if (fs::is_symlink(target_, error)) renamed_to_ = fs::canonical(target_, error);
    if (error) return Fail(error.value());
  }
  const fs::path folder =
      options_.temp_folder.empty() ? FolderOf(renamed_to_) : options_.temp_folder;
  while (true) {
    // A name that no live process uses, and short: the target's may have 255 bytes.
    fs::path path = folder / fmt::format(".reelbatch-{}-{}.tmp", getpid(), counter.fetch_add(1));
    fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);  // cut by the umask
    if (fd_ >= 0) {
      temporary_ = std::move(path);
      return {};
    }
    if (errno != EEXIST && errno != EINTR) {
      return std::unexpected(FileError(errno, "create", target_));
    }
  }
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      options_(std::move(other.options_)),
      renamed_to_(std::move(other.renamed_to_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::exchange(other.fd_, -1)) {}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

int AtomicFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = options_.write_call(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;  // 0 would go on for ever
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

int64_t AtomicFile::Seek(int64_t offset, int whence) { return lseek(fd_, offset, whence); }

Status AtomicFile::Commit() {
  const bool in_place = renamed_to_.empty();
  if (!in_place && fsync(fd_) != 0) return Fail(errno);
  // close() is where network file systems report that there was no space.
  if (close(std::exchange(fd_, -1)) != 0) return Fail(errno);
  if (in_place) return {};
  if (rename(temporary_.c_str(), renamed_to_.c_str()) != 0) return Fail(errno);
  temporary_.clear();
  return SyncFolder(FolderOf(renamed_to_));
}

std::unexpected<Error> AtomicFile::Fail(int error_number) const {
  return std::unexpected(FileError(error_number, "write", target_));
}

Status WriteFileAtomically(const fs::path& target, std::string_view bytes,
                           const AtomicWrite& options) {
  auto file = AtomicFile::Create(target, options);
  if (!file) return std::unexpected(file.error());
  if (const int error = file->Write(bytes); error != 0) return file->Fail(error);
  return file->Commit();
}

Status WriteFileInParts(const fs::path& target,
                        const std::function<Status(const TakePart& take)>& produce,
                        const AtomicWrite& options) {
  constexpr size_t kBlockBytes = size_t{256} << 10;
  auto file = AtomicFile::Create(target, options);
  if (!file) return std::unexpected(file.error());
  std::string block;
  block.reserve(kBlockBytes);
  const auto write_block = [&]() -> Status {
    if (const int error = file->Write(block); error != 0) return file->Fail(error);
    block.clear();
    return {};
  };
  const auto take = [&](std::string_view part) -> Status {
    block += part;
    return block.size() < kBlockBytes ? Status() : write_block();
  };
  if (auto produced = produce(take); !produced) return produced;
  if (auto written = write_block(); !written) return written;
  return file->Commit();
}

Status SyncFolder(const fs::path& folder) {
  const Descriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return std::unexpected(FileError(errno, "open", folder));
  if (fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return std::unexpected(FileError(errno, "write", folder));
  }
  return {};
}

Status MakeFolders(const fs::path& folder) {
  std::vector<fs::path> missing;
  fs::path at = folder;
  struct stat info{};
  while (!at.empty() && stat(at.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return std::unexpected(FileError(errno, "open", at));
    missing.push_back(at);
    if (at == at.parent_path()) break;
    at = at.parent_path();
  }
  if (!at.empty() && !S_ISDIR(info.st_mode)) {
    return Fail(Code::kInvalidArgument, "is not a folder: choose another place", PathForPeople(at));
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

// Parsers with vector instructions read beyond the end; with room there nothing has to be copied.
constexpr size_t kSpareBytes = 64;

Result<std::string> ReadWholeFile(const fs::path& path) {
  const auto fail = [&](int error_number) {
    return Fail(Code::kIo, fmt::format("cannot be read: {}", std::strerror(error_number)),
                PathForPeople(path));
  };
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (fd.get() < 0) return fail(errno);
  std::string bytes;
  struct stat about{};
  if (fstat(fd.get(), &about) == 0 && S_ISREG(about.st_mode)) {
    bytes.reserve(static_cast<size_t>(about.st_size) + kSpareBytes);
  }
  std::vector<char> buffer(size_t{256} << 10);
  while (true) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno);
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<size_t>(got));
  }
}

}  // namespace reelbatch::base
