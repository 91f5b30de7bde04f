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

/// What a decoder must know about a stream before it decodes a packet: the parameter sets of H.264,
/// and the size. Containers like MP4 keep this in one place for all packets. If it changes within a
/// video, a piece of the video needs the parameters of its own first packet.
class CodedParameters {
 public:
  /// Looks at the video stream of `container`, which must outlive this object.
  explicit CodedParameters(Container& container) : container_(container) {}

  /// Looks at a packet. Call it for every packet of the video, in the order of the file; `index` is
  /// the number of the packet. Errors: out_of_memory.
  base::Status Add(const AVPacket& packet, size_t index);

  /// The parameters of a packet; null if they are those of the container.
  const AVCodecParameters* At(size_t index) const;
  /// Whether the parameters change at this packet, and the container tells decoders so outside of
  /// the packet. Pieces cannot do this.
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

  /// The bytes of parameters in the packet; empty if it has none.
  std::vector<uint8_t> Extract(const AVPacket& packet);
  base::Status Note(std::vector<uint8_t> bytes, const AVPacket& packet, size_t index, bool outside);

  Container& container_;
  std::unique_ptr<AVBSFContext, FreeFilter> filter_;
  bool tried_ = false;
  std::vector<uint8_t> current_;
  std::vector<Change> changes_;
};

}  // namespace reelbatch::media
