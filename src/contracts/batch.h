#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace reelbatch::contracts {

/// The batch key: what units must share to be in one batch. Units that differ in one field never
/// are. Source: docs/requirements.md, "Batch keys".
struct BatchKey {
  std::string component;
  std::string stage = {};  // of a component that has several; empty: its only one
  std::string component_version;
  std::string model_signature = "N/A";
  std::string runtime = "inprocess";
  std::string device = "cpu";  // "cpu", "cuda:0", or the endpoint of a server
  std::string knobs;           // canonical JSON of every knob of the component
  std::string preprocessing;   // canonical JSON of what reaches the model: analysis_fps, _width,
                               // _height, resize policy
  std::string input_bucket;    // "720 16:9"
  friend auto operator<=>(const BatchKey&, const BatchKey&) = default;
};

/// A stage in words, as BatchKey names it: "transnetv2", "faces/crops".
std::string StageText(std::string_view component, std::string_view stage);
/// One line for people and events: "transnetv2 720 16:9 on cpu", "faces/crops 720 16:9 on cpu".
std::string BatchKeyText(const BatchKey& key);
/// Whether a server runs it; servers have deadlines and failures of their own.
bool IsServed(const BatchKey& key);
/// The id under which learned limits are stored: the first 16 hex digits of SHA-256 over all
/// fields.
std::string BatchKeyId(const BatchKey& key);

/// One unit of one video. `video` is the video's rank by (platform_id, video_id) among those of a
/// run, so that the order of units is the order inside a batch. Source: docs/requirements.md,
/// "Order inside a batch".
struct UnitId {
  int32_t video = 0;
  int32_t index = 0;
  friend auto operator<=>(const UnitId&, const UnitId&) = default;
};

}  // namespace reelbatch::contracts
