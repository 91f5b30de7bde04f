#pragma once

#include <string>
#include <vector>

namespace reelbatch::media {

struct LibraryVersion {
  std::string name;     // "libavcodec"
  std::string version;  // "59.37.100"
};

/// The FFmpeg libraries of this process, which may differ from those that it was compiled with.
std::vector<LibraryVersion> FfmpegLibraries();

/// FFmpeg's release, e.g. "5.1.9-0+deb12u1".
std::string FfmpegRelease();

/// Whether FFmpeg has the encoder or decoder with that name: "libx264", "aac".
bool HasEncoder(const std::string& name);
bool HasDecoder(const std::string& name);

}  // namespace reelbatch::media
