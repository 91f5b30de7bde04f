#pragma once

#include <filesystem>
#include <memory>

#include "base/cancel.h"
#include "base/result.h"
#include "media/av.h"

namespace reelbatch::media {

/// A regular file that FFmpeg reads through our callbacks: no path ever reaches FFmpeg, so a
/// protocol, pattern or ':' in a name has no effect, and the file that was checked is the file that
/// is read. Threads: one caller at a time.
class InputFile {
 public:
  /// `cancel` may be null; must outlive the object.
  /// Errors: io (missing, not permitted, not a regular file), corrupt (empty file), out_of_memory.
  static base::Result<std::unique_ptr<InputFile>> Open(const std::filesystem::path& path,
                                                       const base::CancelToken* cancel);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  AVIOContext* io() { return io_.get(); }
  int64_t bytes() const { return bytes_; }  // when it was opened
  /// Reads at a place of the file, without changing the position of io(). Returns the number of
  /// bytes.
  size_t ReadAt(int64_t offset, char* buffer, size_t bytes) const;
  const std::filesystem::path& path() const { return path_; }
  const base::CancelToken* cancel() const { return cancel_; }
  bool cancelled() const { return cancel_ != nullptr && cancel_->cancelled(); }
  /// The errno of the first read that failed, or 0.
  int read_errno() const { return read_errno_; }

 private:
  InputFile(std::filesystem::path path, int fd, int64_t bytes, const base::CancelToken* cancel)
      : path_(std::move(path)), fd_(fd), bytes_(bytes), cancel_(cancel) {}
  static int Read(void* self, uint8_t* buffer, int size);
  static int64_t Seek(void* self, int64_t offset, int whence);

  std::filesystem::path path_;
  int fd_;
  int64_t bytes_;
  const base::CancelToken* cancel_;
  int read_errno_ = 0;
  AvIo io_;
};

}  // namespace reelbatch::media
