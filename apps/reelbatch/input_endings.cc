#include "apps/reelbatch/input_endings.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace reelbatch::app {
namespace {

std::string EndingOf(const std::filesystem::path& path) {
  std::string extension = path.extension().native();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return extension;
}

}  // namespace

bool HasVideoExtension(const std::filesystem::path& path) {
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".264",  ".265",  ".266",   ".3g2",  ".3gp",  ".amv",  ".apng", ".asf",  ".av1",    ".avc",
       ".avi",  ".avs",  ".avs2",  ".avs3", ".bik",  ".dav",  ".divx", ".dv",   ".dvr-ms", ".f4v",
       ".flc",  ".fli",  ".flv",   ".gif",  ".gxf",  ".h261", ".h263", ".h264", ".h265",   ".hevc",
       ".insv", ".ismv", ".ivf",   ".lrv",  ".m1v",  ".m2p",  ".m2t",  ".m2ts", ".m2v",    ".m4v",
       ".mj2",  ".mjp2", ".mjpeg", ".mjpg", ".mk3d", ".mkv",  ".mod",  ".mov",  ".mp4",    ".mp4v",
       ".mpe",  ".mpeg", ".mpg",   ".mpv",  ".mts",  ".mxf",  ".nsv",  ".nut",  ".nuv",    ".obu",
       ".ogm",  ".ogv",  ".qt",    ".rm",   ".rmvb", ".smk",  ".tod",  ".trp",  ".ts",     ".tts",
       ".vc1",  ".vob",  ".vro",   ".webm", ".wmv",  ".wtv",  ".y4m"});
  return std::ranges::find(kExtensions, EndingOf(path)) != kExtensions.end();
}

bool HasCopyExtension(const std::filesystem::path& path) {
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".3g2", ".3gp",  ".asf", ".avi", ".dv",    ".f4v", ".flv",  ".h264", ".hevc", ".ivf", ".m1v",
       ".m2t", ".m2ts", ".m2v", ".m4v", ".mjpeg", ".mkv", ".mov",  ".mp4",  ".mpeg", ".mpg", ".mts",
       ".mxf", ".nut",  ".ogv", ".rm",  ".ts",    ".vob", ".webm", ".wmv",  ".y4m"});
  return std::ranges::find(kExtensions, EndingOf(path)) != kExtensions.end();
}

bool HasAmbiguousExtension(const std::filesystem::path& path) {
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".avc", ".avs", ".dav", ".dv", ".mod", ".mpe", ".mpv", ".mts", ".obu", ".qt", ".rm", ".smk",
       ".tod", ".trp", ".ts", ".tts"});
  return std::ranges::find(kExtensions, EndingOf(path)) != kExtensions.end();
}

}  // namespace reelbatch::app
