#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "media/av.h"
#include "media/container.h"
#include "media/packet_times.h"
#include "media/split_tracks.h"

namespace reelbatch::media {

/// Reads the packets of a container from its beginning, and decodes nothing. Threads: one caller at
/// a time.
class PacketReader {
 public:
  /// Errors: as Probe(), out_of_memory.
  base::Status Open(const std::filesystem::path& path, const contracts::Sampling& sampling,
                    const base::CancelToken* cancel);
  /// Reads these tracks, too. Call it before the first Read().
  void Want(const std::vector<SplitTrack>& tracks);

  /// Reads the next packet. Returns false at the end. Errors: cancelled, io.
  base::Result<bool> Read();

  Container& container() { return *container_; }
  const AVPacket& packet() const { return *packet_; }
  bool at_video() const { return packet_->stream_index == container_->stream()->index; }

 private:
  std::unique_ptr<Container> container_;
  AvPacket packet_;
};

/// Reads the times of all packets of a video, if its container may set its clock anew. Returns null
/// if it cannot, as in MP4. Errors: as Probe(), cancelled, io.
base::Result<std::unique_ptr<PacketTimes>> ReadPacketTimes(const std::filesystem::path& path,
                                                           const contracts::Sampling& sampling,
                                                           const base::CancelToken* cancel);

}  // namespace reelbatch::media
