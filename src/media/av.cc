#include "media/av.h"

#include <array>
#include <cerrno>

namespace reelbatch::media {

std::string AvErrorText(int averror) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(averror, text.data(), text.size());
  return text.data();
}

base::Code AvErrorCode(int averror) {
  using base::Code;
  switch (averror) {
    case AVERROR(ENOMEM):
      return Code::kOutOfMemory;
    case AVERROR_EXIT:
      return Code::kCancelled;
    case AVERROR(EIO):
    case AVERROR(ENOENT):
    case AVERROR(EACCES):
    case AVERROR(EPERM):
    case AVERROR(ENOSPC):
    case AVERROR(EDQUOT):
    case AVERROR(EROFS):
    case AVERROR(EISDIR):
    case AVERROR(ENOTDIR):
    case AVERROR(ENXIO):
    case AVERROR(EMFILE):
    case AVERROR(ENFILE):
    case AVERROR(EFBIG):
    case AVERROR(ENAMETOOLONG):
      return Code::kIo;
    case AVERROR_ENCODER_NOT_FOUND:
    case AVERROR_MUXER_NOT_FOUND:
    case AVERROR_OPTION_NOT_FOUND:
      return Code::kInvalidArgument;
    case AVERROR_BUG:
    case AVERROR_BUG2:
      return Code::kInternal;
    default:
      return Code::kCorrupt;
  }
}

std::unexpected<base::Error> AvFail(int averror, std::string_view what,
                                    const std::filesystem::path& path, std::string_view detail) {
  std::string message(what);
  message += ": " + AvErrorText(averror);
  if (!detail.empty()) message.append(" (").append(detail).append(")");
  return base::Fail(AvErrorCode(averror), std::move(message), path.string());
}

}  // namespace reelbatch::media
