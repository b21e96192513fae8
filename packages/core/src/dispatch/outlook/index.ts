export { openCalibration, type Calibration } from "./calibration.ts";
export { outlookOf, type GroupOutlook, type Outlook } from "./outlook.ts";
