#include "media/temp_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include "fmt/format.h"

namespace reelbatch::media {
namespace {

std::string_view Remedy(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "; free space or choose another folder";
    case ENOENT:
    case ENOTDIR:
      return "; make the folder first";
    case EACCES:
    case EPERM:
    case EROFS:
      return "; choose a folder that you may write to";
    default:
      return "";
  }
}

std::unexpected<base::Error> WriteError(int error_number, const std::filesystem::path& target) {
  return base::Fail(base::Code::kIo,
                    fmt::format("cannot write: {}{}", std::generic_category().message(error_number),
                                Remedy(error_number)),
                    target.string());
}

}  // namespace

base::Result<TempFile> TempFile::Create(const std::filesystem::path& target) {
  static std::atomic<uint64_t> counter{0};
  std::error_code ignored;
  if (std::filesystem::is_directory(target, ignored)) return WriteError(EISDIR, target);
  // The temporary name is short whatever the target's is, and never one that a user would choose.
  std::filesystem::path folder = target.parent_path();
  if (folder.empty()) folder = ".";
  while (true) {
    std::filesystem::path temp =
        folder / fmt::format(".reelbatch-{}-media-{}.tmp", getpid(), counter.fetch_add(1));
    // The mode is cut by the umask, as for any file that a program makes.
    const int fd = open(temp.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) return TempFile(target, std::move(temp), fd);
    if (errno != EEXIST && errno != EINTR) return WriteError(errno, target);
  }
}

TempFile::TempFile(TempFile&& other) noexcept
    : target_(std::move(other.target_)),
      temp_(std::exchange(other.temp_, {})),
      fd_(std::exchange(other.fd_, -1)) {}

TempFile::~TempFile() {
  if (fd_ >= 0) close(fd_);
  if (!temp_.empty()) unlink(temp_.c_str());
}

int TempFile::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return 0;
}

int64_t TempFile::Seek(int64_t offset, int whence) { return lseek(fd_, offset, whence); }

base::Status TempFile::Commit() {
  // close() reports what a network file system could not store.
  if (close(std::exchange(fd_, -1)) != 0) return Fail(errno);
  if (std::rename(temp_.c_str(), target_.c_str()) != 0) return Fail(errno);
  temp_.clear();
  return {};
}

std::unexpected<base::Error> TempFile::Fail(int error_number) const {
  return WriteError(error_number, target_);
}

}  // namespace reelbatch::media
