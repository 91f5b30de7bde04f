#pragma once

extern "C" {
#include <libavcodec/bsf.h>
}

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "media/av.h"
#include "media/container.h"

namespace reelbatch::media {

/// What a decoder must know of a stream before its first packet, where that changes on the way: the
/// parameter sets of H.264, the size. Containers like MP4 keep it in one place for all packets, so
/// a piece needs that of its own first packet.
class CodedParameters {
 public:
  /// Of the container's video stream.
  explicit CodedParameters(Container& container) : container_(container) {}

  /// Every packet of the video, in the order of the file. `index`: its place. Errors:
  /// out_of_memory.
  base::Status Add(const AVPacket& packet, size_t index);

  /// In force at a packet; null: what the container says.
  const AVCodecParameters* At(size_t index) const;
  /// Whether they change at this packet and decoders are told so outside of it, which pieces cannot
  /// do.
  bool ReplacedAt(size_t index) const;

 private:
  struct FreeFilter {
    void operator()(AVBSFContext* p) const { av_bsf_free(&p); }
  };
  struct Change {
    size_t index = 0;
    bool outside = false;
    AvCodecParameters parameters;
  };

  /// The bytes that the packet itself carries; empty: none.
  std::vector<uint8_t> Extract(const AVPacket& packet);
  base::Status Note(std::vector<uint8_t> bytes, const AVPacket& packet, size_t index, bool outside);

  Container& container_;
  std::unique_ptr<AVBSFContext, FreeFilter> filter_;
  bool tried_ = false;
  std::vector<uint8_t> current_;
  std::vector<Change> changes_;
};

}  // namespace reelbatch::media
