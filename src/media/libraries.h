#pragma once

#include <string>
#include <vector>

namespace reelbatch::media {

struct LibraryVersion {
  std::string name;     // "libavcodec"
  std::string version;  // "59.37.100"
};

/// The FFmpeg libraries this process runs with, which need not be those it was compiled against.
std::vector<LibraryVersion> FfmpegLibraries();

/// FFmpeg's release, e.g. "5.1.9-0+deb12u1".
std::string FfmpegRelease();

/// Whether FFmpeg's encoder or decoder of that name is there: "libx264", "aac".
bool HasEncoder(const std::string& name);
bool HasDecoder(const std::string& name);

}  // namespace reelbatch::media
