#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::media {

/// Number of bytes at the beginning of a file that are checked.
inline constexpr size_t kContentHeadBytes = 4096;

/// The kind of a file that is not a readable video.
struct ContentKind {
  std::string message;  // "is a web page (HTML), not a video; ..."
  /// The file was meant to be a video (a page from a server, a pointer, an unfinished download),
  /// rather than a file that has the same extension by chance (TypeScript).
  bool meant_as_video = false;
};

/// Recognises `head`, the first kContentHeadBytes or fewer of a file of `bytes` bytes: web
/// pages, archives, playlists, pointers, source text, pictures that FFmpeg does not read,
/// unfinished downloads. None if it is not known. Call it only for files that FFmpeg cannot
/// read, because a readable video might be recognised, too (as a .part file).
std::optional<ContentKind> NameContent(const std::filesystem::path& file, std::string_view head,
                                       int64_t bytes);

/// For files whose extension is also used for other files (.ts, .mts, .mod, .avs): why it is not a
/// video. None if it may be one, or if it cannot be opened.
std::optional<std::string> OtherThanVideo(const std::filesystem::path& file);

}  // namespace reelbatch::media
