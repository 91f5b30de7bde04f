#include "media/libraries.h"

#include <fmt/format.h>

#include "media/av.h"

namespace reelbatch::media {
namespace {

LibraryVersion Version(const char* name, unsigned version) {
  return {name, fmt::format("{}.{}.{}", AV_VERSION_MAJOR(version), AV_VERSION_MINOR(version),
                            AV_VERSION_MICRO(version))};
}

}  // namespace

std::vector<LibraryVersion> FfmpegLibraries() {
  return {Version("libavformat", avformat_version()), Version("libavcodec", avcodec_version()),
          Version("libavutil", avutil_version()), Version("libswscale", swscale_version()),
          Version("libswresample", swresample_version())};
}

std::string FfmpegRelease() { return av_version_info(); }

bool HasEncoder(const std::string& name) {
  return avcodec_find_encoder_by_name(name.c_str()) != nullptr;
}

bool HasDecoder(const std::string& name) {
  return avcodec_find_decoder_by_name(name.c_str()) != nullptr;
}

}  // namespace reelbatch::media
