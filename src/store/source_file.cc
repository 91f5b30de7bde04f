#include "store/source_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace reelbatch::store {
namespace {

int64_t Nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

base::Result<SourceStat> StatSource(const std::filesystem::path& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return base::Fail(base::Code::kIo, std::strerror(errno), base::PathForPeople(path));
  }
  if (!S_ISREG(info.st_mode)) {
    return base::Fail(base::Code::kIo, "is not a regular file", base::PathForPeople(path));
  }
  return SourceStat{.size = info.st_size,
                    .mtime_ns = Nanoseconds(info.st_mtim),
                    .ctime_ns = Nanoseconds(info.st_ctim),
                    .inode = static_cast<int64_t>(info.st_ino)};
}

}  // namespace reelbatch::store
