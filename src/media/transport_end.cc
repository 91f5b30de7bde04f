#include "media/transport_end.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace reelbatch::media {
namespace {

constexpr uint8_t kSync = 0x47;
constexpr int kPacketsSeen = 5;

/// How many bytes stand behind the last whole packet of `size` bytes, of which the first `lead`
/// come before the sync byte; none: the bytes are no such packets.
std::optional<size_t> Rest(const std::vector<uint8_t>& tail, size_t size, size_t lead) {
  for (size_t rest = 0; rest < size; ++rest) {
    if (tail.size() < rest + kPacketsSeen * size) return std::nullopt;
    bool sound = true;
    for (size_t k = 1; k <= kPacketsSeen; ++k)
      sound = sound && tail[tail.size() - rest - k * size + lead] == kSync;
    if (sound) return rest;
  }
  return std::nullopt;
}

}  // namespace

bool EndsInAPacket(Container& container) {
  struct Layout {
    size_t size;
    size_t lead;
  };
  constexpr std::array<Layout, 3> kLayouts = {{{188, 0}, {192, 4}, {204, 0}}};
  constexpr int64_t kTailBytes = 204 * (kPacketsSeen + 1);
  if (std::string_view(container.format()->iformat->name) != "mpegts") return false;
  const int64_t from = std::max<int64_t>(0, container.file().bytes() - kTailBytes);
  std::vector<uint8_t> tail(static_cast<size_t>(container.file().bytes() - from));
  AVIOContext* const io = container.file().io();
  if (avio_seek(io, from, SEEK_SET) < 0) return false;
  const int read = avio_read(io, tail.data(), static_cast<int>(tail.size()));
  if (read != static_cast<int>(tail.size())) return false;
  for (const Layout& layout : kLayouts) {
    const auto rest = Rest(tail, layout.size, layout.lead);
    if (rest) return *rest > layout.lead && tail[tail.size() - *rest + layout.lead] == kSync;
  }
  return false;
}

}  // namespace reelbatch::media
