#include "contracts/batch.h"

#include "base/hash.h"

namespace reelbatch::contracts {

bool IsServed(const BatchKey& key) { return key.runtime == "triton"; }

std::string StageText(std::string_view component, std::string_view stage) {
  std::string text(component);
  if (!stage.empty()) text.append("/").append(stage);
  return text;
}

std::string BatchKeyText(const BatchKey& key) {
  std::string text = StageText(key.component, key.stage);
  if (!key.input_bucket.empty()) text += " " + key.input_bucket;
  return text + " on " + key.device;
}

std::string BatchKeyId(const BatchKey& key) {
  std::string all;
  for (const std::string* field :
       {&key.component, &key.component_version, &key.model_signature, &key.runtime, &key.device,
        &key.knobs, &key.preprocessing, &key.input_bucket}) {
    all += std::to_string(field->size()) + ":" + *field + ",";
  }
  // Last, and only where there is one, so that limits of components with one stage stay theirs.
  if (!key.stage.empty()) all += std::to_string(key.stage.size()) + ":" + key.stage + ",";
  constexpr size_t kDigits = 16;
  return base::Sha256Hex(all).substr(0, kDigits);
}

}  // namespace reelbatch::contracts
