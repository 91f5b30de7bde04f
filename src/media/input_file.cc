#include "media/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace reelbatch::media {
namespace {

// As FFmpeg's own file protocol reads.
constexpr int kIoBufferBytes = 32 * 1024;

std::string SystemReason(int error) { return std::generic_category().message(error); }

/// What the thing at a path is, where it is not a regular file.
std::string_view KindName(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  if (S_ISSOCK(mode)) return "a socket";
  return "not a regular file";
}

std::unexpected<base::Error> NotRegular(const std::filesystem::path& path, mode_t mode) {
  std::string message = "cannot be read as a video: it is " + std::string(KindName(mode));
  message += S_ISFIFO(mode) ? "; use a regular file, or pipe it into `reelbatch ... -`"
                            : "; use a regular file";
  return base::Fail(base::Code::kIo, std::move(message), path.string());
}

}  // namespace

base::Result<std::unique_ptr<InputFile>> InputFile::Open(const std::filesystem::path& path,
                                                         const base::CancelToken* cancel) {
  // stat() before open(): opening a device or socket may fail with words that do not say what it
  // is. O_NONBLOCK and the second stat close the gap between the two: a pipe put there meanwhile
  // cannot hang us.
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    const int error = errno;
    std::string message = "cannot be opened: " + SystemReason(error);
    if (error == ENOENT) message += "; check the name";
    return base::Fail(base::Code::kIo, std::move(message), path.string());
  }
  if (!S_ISREG(status.st_mode)) return NotRegular(path, status.st_mode);
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    const int error = errno;
    std::string message = "cannot be opened: " + SystemReason(error);
    if (error == EACCES) message += "; give this user permission to read it";
    return base::Fail(base::Code::kIo, std::move(message), path.string());
  }
  std::unique_ptr<InputFile> file(new InputFile(path, fd, 0, cancel));
  if (::fstat(fd, &status) != 0) {
    return base::Fail(base::Code::kIo, "cannot be read: " + SystemReason(errno), path.string());
  }
  if (!S_ISREG(status.st_mode)) return NotRegular(path, status.st_mode);
  if (status.st_size == 0) {
    std::string message = "is empty (0 bytes); copy or download it again";
    if (path == "/dev/stdin") message = "is empty (0 bytes): there was no data on standard input";
    return base::Fail(base::Code::kCorrupt, std::move(message), path.string());
  }
  file->bytes_ = status.st_size;

  auto* buffer =
      static_cast<uint8_t*>(av_malloc(kIoBufferBytes));  // the AVIOContext's from then on
  if (buffer == nullptr) return base::Fail(base::Code::kOutOfMemory, "no memory", path.string());
  file->io_.reset(avio_alloc_context(buffer, kIoBufferBytes, 0, file.get(), &Read, nullptr, &Seek));
  if (file->io_ == nullptr) {
    av_free(buffer);
    return base::Fail(base::Code::kOutOfMemory, "no memory", path.string());
  }
  return file;
}

InputFile::~InputFile() { ::close(fd_); }

size_t InputFile::ReadAt(int64_t offset, char* buffer, size_t bytes) const {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t got =
        ::pread(fd_, buffer + done, bytes - done, offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

int InputFile::Read(void* self, uint8_t* buffer, int size) {
  auto* file = static_cast<InputFile*>(self);
  while (true) {
    if (file->cancelled()) return AVERROR_EXIT;
    const ssize_t got = ::read(file->fd_, buffer, static_cast<size_t>(size));
    if (got > 0) return static_cast<int>(got);
    if (got == 0) return AVERROR_EOF;
    if (errno == EINTR) continue;
    if (file->read_errno_ == 0) file->read_errno_ = errno;
    return AVERROR(errno);
  }
}

int64_t InputFile::Seek(void* self, int64_t offset, int whence) {
  auto* file = static_cast<InputFile*>(self);
  if (whence == AVSEEK_SIZE) return file->bytes_;
  const off_t at = ::lseek(file->fd_, offset, whence & ~AVSEEK_FORCE);
  return at < 0 ? AVERROR(errno) : at;
}

}  // namespace reelbatch::media
